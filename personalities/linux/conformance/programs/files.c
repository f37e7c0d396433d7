// Files through libc: what a POSIX program may rely on. Prints one line a check that fails, then "done".
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int failures;
#define CHECK(what) do { if (!(what)) { printf("line %d: %s (errno %d)\n", __LINE__, #what, errno); failures++; } } while (0)
#define FAILS(what, error) do { errno = 0; CHECK((what) == -1 && errno == error); } while (0)

static long size_of(const char *path) { struct stat s; return stat(path, &s) ? -1 : (long)s.st_size; }

int main(void) {
  char buffer[200000];
  CHECK(mkdir("/tmp/t", 0777) == 0);
  FAILS(mkdir("/tmp/t", 0777), EEXIST);
  FAILS(mkdir("/tmp/none/t", 0777), ENOENT);

  int fd = open("/tmp/t/a", O_RDWR | O_CREAT | O_EXCL, 0666);
  CHECK(fd >= 0);
  FAILS(open("/tmp/t/a", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
  CHECK(write(fd, "hello world", 11) == 11);
  CHECK(lseek(fd, 6, SEEK_SET) == 6);
  CHECK(read(fd, buffer, 100) == 5 && !memcmp(buffer, "world", 5));
  CHECK(read(fd, buffer, 100) == 0);
  CHECK(lseek(fd, -5, SEEK_END) == 6);
  CHECK(lseek(fd, -2, SEEK_CUR) == 4);
  FAILS(lseek(fd, -20, SEEK_CUR), EINVAL);
  CHECK(pwrite(fd, "HELL", 4, 0) == 4);
  CHECK(pread(fd, buffer, 4, 1) == 4 && !memcmp(buffer, "ELLo", 4));
  CHECK(lseek(fd, 0, SEEK_CUR) == 4);
  CHECK(lseek(fd, 100000, SEEK_SET) == 100000);
  CHECK(write(fd, "end", 3) == 3);
  CHECK(size_of("/tmp/t/a") == 100003);
  CHECK(pread(fd, buffer, 200000, 0) == 100003 && buffer[11] == 0 && buffer[99999] == 0 && !memcmp(buffer + 100000, "end", 3));
  struct iovec out[3] = {{"12", 2}, {"", 0}, {"345", 3}};
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && writev(fd, out, 3) == 5);
  char x[3] = {0}, y[4] = {0};
  struct iovec in[2] = {{x, 2}, {y, 3}};
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, in, 2) == 5 && !strcmp(x, "12") && !strcmp(y, "345"));
  CHECK(ftruncate(fd, 3) == 0 && size_of("/tmp/t/a") == 3);
  CHECK(ftruncate(fd, 5) == 0 && pread(fd, buffer, 10, 0) == 5 && !memcmp(buffer, "123\0\0", 5));
  CHECK(posix_fallocate(fd, 0, 4) == 0 && size_of("/tmp/t/a") == 5);
  CHECK(posix_fallocate(fd, 4, 4) == 0 && size_of("/tmp/t/a") == 8);
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
  CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
  CHECK(close(fd) == 0);
  FAILS(close(fd), EBADF);
  FAILS(write(fd, "x", 1), EBADF);

  fd = open("/tmp/t/a", O_WRONLY | O_APPEND);
  CHECK(fd >= 0 && write(fd, "END", 3) == 3);
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "!", 1) == 1 && size_of("/tmp/t/a") == 12);
  FAILS(read(fd, buffer, 1), EBADF);
  close(fd);
  fd = open("/tmp/t/a", O_RDONLY);
  FAILS(write(fd, "x", 1), EBADF);
  CHECK(read(fd, buffer, 100) == 12 && !memcmp(buffer + 8, "END!", 4));
  CHECK(unlink("/tmp/t/a") == 0);
  CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, buffer, 100) == 12);
  close(fd);
  FAILS(open("/tmp/t/a", O_RDONLY), ENOENT);
  FAILS(unlink("/tmp/t/a"), ENOENT);

  FILE *file = fopen("/tmp/t/b", "w+");
  CHECK(file != NULL);
  for (int i = 0; i < 20000; i++) fprintf(file, "%d\n", i);
  CHECK(fflush(file) == 0 && size_of("/tmp/t/b") == 108890);
  rewind(file);
  long sum = 0;
  for (int i; fscanf(file, "%d", &i) == 1;) sum += i;
  CHECK(sum == 199990000L);
  fclose(file);

  CHECK(link("/tmp/t/b", "/tmp/t/c") == 0);
  FAILS(link("/tmp/t/b", "/tmp/t/c"), EEXIST);
  FAILS(link("/tmp/t", "/tmp/u"), EPERM);
  struct stat b, c;
  CHECK(stat("/tmp/t/b", &b) == 0 && stat("/tmp/t/c", &c) == 0 && b.st_ino == c.st_ino && b.st_nlink == 2);
  CHECK(symlink("b", "/tmp/t/s") == 0);
  CHECK(lstat("/tmp/t/s", &c) == 0 && S_ISLNK(c.st_mode) && stat("/tmp/t/s", &c) == 0 && S_ISREG(c.st_mode));
  CHECK(readlink("/tmp/t/s", buffer, 100) == 1 && buffer[0] == 'b');
  FAILS(readlink("/tmp/t/b", buffer, 100), EINVAL);
  FAILS(open("/tmp/t/s", O_RDONLY | O_NOFOLLOW), ELOOP);
  CHECK(symlink("loop", "/tmp/t/loop") == 0);
  FAILS(open("/tmp/t/loop", O_RDONLY), ELOOP);
  CHECK(symlink("/tmp/t/b", "/tmp/t/absolute") == 0 && size_of("/tmp/t/absolute") == 108890);

  CHECK(mkdir("/tmp/t/d", 0777) == 0 && mkdir("/tmp/t/e", 0777) == 0);
  FAILS(open("/tmp/t/b", O_RDONLY | O_DIRECTORY), ENOTDIR);
  FAILS(open("/tmp/t/b/x", O_RDONLY), ENOTDIR);
  FAILS(open("/tmp/t/d", O_RDWR), EISDIR);
  FAILS(unlink("/tmp/t/d"), EISDIR);
  FAILS(rmdir("/tmp/t/b"), ENOTDIR);
  FAILS(rmdir("/tmp/t"), ENOTEMPTY);
  CHECK(rename("/tmp/t/b", "/tmp/t/d/b") == 0 && size_of("/tmp/t/b") == -1 && size_of("/tmp/t/d/b") == 108890);
  FAILS(rename("/tmp/t/d", "/tmp/t/d/inside"), EINVAL);
  FAILS(rename("/tmp/t/e", "/tmp/t/d"), ENOTEMPTY);
  FAILS(rename("/tmp/t/c", "/tmp/t/d"), EISDIR);
  FAILS(rename("/tmp/t/d", "/tmp/t/c"), ENOTDIR);
  CHECK(rename("/tmp/t/d", "/tmp/t/e") == 0 && size_of("/tmp/t/e/b") == 108890);

  DIR *directory = opendir("/tmp/t");
  int count = 0, inodes = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    count++;
    struct stat s;
    snprintf(buffer, sizeof buffer, "/tmp/t/%s", entry->d_name);
    if (entry->d_name[0] != '.' && lstat(buffer, &s) == 0 && s.st_ino == entry->d_ino && (entry->d_type == DT_DIR) == !!S_ISDIR(s.st_mode)) inodes++;
  }
  CHECK(count == 7 && inodes == 5);
  closedir(directory);
  // More entries than one buffer holds.
  CHECK(mkdir("/tmp/t/many", 0777) == 0);
  for (int i = 0; i < 1500; i++) {
    snprintf(buffer, sizeof buffer, "/tmp/t/many/a-rather-long-name-of-a-file-%d", i);
    CHECK((fd = open(buffer, O_CREAT | O_WRONLY, 0666)) >= 0);
    close(fd);
  }
  directory = opendir("/tmp/t/many");
  long numbers = 0;
  count = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    numbers += atoi(strrchr(entry->d_name, '-') + 1);
    count++;
  }
  CHECK(count == 1500 && numbers == 1124250);
  // Removing while reading leaves none behind.
  rewinddir(directory);
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    snprintf(buffer, sizeof buffer, "/tmp/t/many/%s", entry->d_name);
    CHECK(unlink(buffer) == 0);
  }
  closedir(directory);
  CHECK(rmdir("/tmp/t/many") == 0);

  struct timespec times[2] = {{1000000000, 5}, {2000000000, 7}};
  CHECK(utimensat(AT_FDCWD, "/tmp/t/c", times, 0) == 0 && stat("/tmp/t/c", &c) == 0);
  CHECK(c.st_atim.tv_sec == 1000000000 && c.st_atim.tv_nsec == 5 && c.st_mtim.tv_sec == 2000000000 && c.st_mtim.tv_nsec == 7);
  struct timespec now[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
  fd = open("/tmp/t/c", O_RDONLY);
  CHECK(futimens(fd, now) == 0 && fstat(fd, &c) == 0 && c.st_atim.tv_sec == 1000000000 && c.st_mtim.tv_sec < 2000000000 && c.st_mtim.tv_sec > 1500000000);
  close(fd);

  int at = open("/tmp/t", O_RDONLY | O_DIRECTORY);
  CHECK(at >= 0 && (fd = openat(at, "e/b", O_RDONLY)) >= 0);
  close(fd);
  CHECK(fstatat(at, "s", &c, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(c.st_mode));
  CHECK(renameat(at, "c", at, "f") == 0 && unlinkat(at, "f", 0) == 0);
  FAILS(read(at, buffer, 1), EISDIR);
  FAILS(write(at, buffer, 1), EBADF);
  close(at);
  printf(failures ? "%d failures\n" : "done\n", failures);
  return failures != 0;
}
