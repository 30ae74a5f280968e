/* A program for the tests: does what the letters of its first argument say, one after the other.
   r become root (all three users)   d become user 65532   w wait for ever   x exit with 0   e exit with 3   k die by a signal
   f go on in a child, and wait for it   o go on in a child, and wait for ever   s wait 50 ms   m take 64 MiB */
static long call(long n, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start: mov %rsp,%rdi\nand $-16,%rsp\ncall act\n");
static void rest(long s, long ns) { long t[2] = { s, ns }; call(35, (long)t, 0, 0, 0, 0, 0); }
void act(char **stack)
{
    char *todo = stack[2];
    for (; *todo; todo++)
        switch (*todo) {
        case 'r': call(117, 0, 0, 0, 0, 0, 0); break;
        case 'd': call(117, 65532, 65532, 65532, 0, 0, 0); break;
        case 'w': for (;;) rest(1000, 0);
        case 'x': call(231, 0, 0, 0, 0, 0, 0); break;
        case 'e': call(231, 3, 0, 0, 0, 0, 0); break;
        case 'k': *(volatile int *)8 = 0; break;
        case 's': rest(0, 50000000); break;
        case 'f': { long p = call(56, 17, 0, 0, 0, 0, 0); if (p) { call(61, p, 0, 0, 0, 0, 0); call(231, p < 0 ? 4 : 0, 0, 0, 0, 0, 0); } break; }
        case 'o': { long p = call(56, 17, 0, 0, 0, 0, 0); if (p) for (;;) rest(1000, 0); break; }
        case 'm': { volatile char *p = (char *)call(9, 0, 64 << 20, 3, 0x22, -1, 0); for (long i = 0; i < 64 << 20; i += 4096) p[i] = 1; break; }
        }
    call(231, 0, 0, 0, 0, 0, 0);
}
