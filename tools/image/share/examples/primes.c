/* cc -O2 primes.c -o primes && ./primes 1000000 : counts primes with a sieve. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  long limit = argc > 1 ? strtol(argv[1], NULL, 10) : 100000;
  if (limit < 2 || limit > 100000000) {
    fprintf(stderr, "primes: give a number from 2 to 100000000\n");
    return 2;
  }
  char *composite = calloc(limit + 1, 1);
  if (!composite) {
    perror("primes");
    return 1;
  }
  long count = 0;
  for (long i = 2; i <= limit; i++) {
    if (composite[i]) continue;
    count++;
    for (long j = i * i; j <= limit; j += i) composite[j] = 1;
  }
  printf("%ld primes up to %ld\n", count, limit);
  free(composite);
  return 0;
}
