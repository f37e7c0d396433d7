// The working directory, by relative and absolute names. Compiled with -DCHDIR it changes it, which links libc's variable in.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failures;
#define CHECK(what) do { if (!(what)) { printf("line %d: %s (errno %d)\n", __LINE__, #what, errno); failures++; } } while (0)
static long size_of(const char *path) { struct stat s; return stat(path, &s) ? -1 : (long)s.st_size; }

// Run in /home/user, which holds "here" (4 bytes) and the directory "sub"; /etc/there has 5 bytes.
int main(void) {
  CHECK(size_of("here") == 4);
  CHECK(size_of("./here") == 4);
  CHECK(size_of("/home/user/here") == 4);
  CHECK(size_of("/etc/there") == 5);
  CHECK(size_of("etc/there") == -1 || CHDIR == 0);
  CHECK(size_of("../user/here") == 4);
  FILE *file = fopen("made", "w");
  CHECK(file && fputs("made", file) >= 0 && fclose(file) == 0);
  CHECK(size_of("/home/user/made") == 4);
  CHECK(mkdir("/etc/new", 0777) == 0 && size_of("/etc/new") >= 0);
  CHECK(rename("made", "sub/moved") == 0 && size_of("/home/user/sub/moved") == 4);
  CHECK(rename("sub/moved", "/etc/new/moved") == 0 && size_of("/etc/new/moved") == 4);
  CHECK(unlink("/etc/new/moved") == 0 && rmdir("/etc/new") == 0);
#if CHDIR
  char path[100];
  CHECK(getcwd(path, sizeof path) && !strcmp(path, "/home/user"));
  CHECK(chdir("sub") == 0 && getcwd(path, sizeof path) && !strcmp(path, "/home/user/sub"));
  CHECK(size_of("../here") == 4 && size_of("here") == -1);
  CHECK(chdir("/etc") == 0 && size_of("there") == 5);
#endif
  printf(failures ? "%d failures\n" : "done\n", failures);
  return failures != 0;
}
