// What is not files: arguments, environment, clocks, sleeping, polling, randomness, standard streams.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static int failures;
#define CHECK(what) do { if (!(what)) { printf("line %d: %s (errno %d)\n", __LINE__, #what, errno); failures++; } } while (0)

int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("[%s]", argv[i]);
  for (char **e = environ; *e; e++) printf("{%s}", *e);
  printf("\n");

  struct timespec a, b, resolution;
  CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_nsec > 0);
  struct timespec pause = {0, 20000000};
  CHECK(nanosleep(&pause, NULL) == 0 && clock_gettime(CLOCK_MONOTONIC, &b) == 0);
  CHECK((b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec >= 20000000);
  CHECK(clock_gettime(CLOCK_REALTIME, &a) == 0 && a.tv_sec > 1600000000);
  a.tv_nsec = (a.tv_nsec + 10000000) % 1000000000;
  CHECK(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &a, NULL) == 0);

  unsigned char random[300], zeros[300] = {0};
  CHECK(getentropy(random, 200) == 0 && memcmp(random, zeros, 200) && !memcmp(random + 200, zeros, 0));

  struct pollfd polled[2] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
  CHECK(poll(polled, 2, 1000) == 2 && polled[0].revents == POLLIN && polled[1].revents == POLLOUT);
  CHECK(poll(NULL, 0, 5) == 0);

  char line[100];
  CHECK(fgets(line, sizeof line, stdin) && !strcmp(line, "first\n"));
  CHECK(fgets(line, sizeof line, stdin) && !strcmp(line, "second\n"));
  CHECK(!fgets(line, sizeof line, stdin));
  errno = 0;
  CHECK(lseek(0, 0, SEEK_CUR) == -1 && errno == ESPIPE);
  struct stat s;
  CHECK(fstat(0, &s) == 0 && !S_ISREG(s.st_mode));
  printf("tty %d %d\n", isatty(0), isatty(1));
  fprintf(stderr, "to stderr\n");
  printf(failures ? "%d failures\n" : "done\n", failures);
  exit(failures ? 1 : 42);
}
