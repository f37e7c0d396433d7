# python3 fib.py 24
import sys
import time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 22
start = time.perf_counter()
print(f"fib({n}) = {fib(n)} in {time.perf_counter() - start:.3f} s")
