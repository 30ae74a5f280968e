/* A program for the tests: does what the letters of its first argument say, one after the other.
   r become root (all three users)   d become user 65532   w wait for ever   x exit with 0   e exit with 3   k die by a signal
   f go on in a child, and wait for it   o go on in a child, and wait for ever   s wait 50 ms   m take 64 MiB
   t end with 0 on SIGTERM   T end with 3 on it   i ignore it   z leave a zombie   g grow by 1 MiB every 10 ms for ever
   L listen on TCP 9999 of every address   U take datagrams on UDP 5300   A listen on an abstract unix socket
   h serve HTTP on 8080 for ever   H the same, keeping a descriptor of every request   D the same, and die at the fifth */
static long call(long n, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}
__asm__(".globl _start\n_start: mov %rsp,%rdi\nand $-16,%rsp\ncall act\n");
static void rest(long s, long ns) { long t[2] = { s, ns }; call(35, (long)t, 0, 0, 0, 0, 0); }
static void good(int n) { (void)n; call(231, 0, 0, 0, 0, 0, 0); }
static void bad(int n) { (void)n; call(231, 3, 0, 0, 0, 0, 0); }
static void on(long handler) { long action[4] = { handler, 0x04000000, 0, 0 }; action[2] = (long)good; call(13, 15, (long)action, 0, 8, 0, 0); }
static long opened(long type, int port)
{
    unsigned char a[16] = { 2, 0, port >> 8, port & 255 };
    long s = call(41, 2, type, 0, 0, 0, 0);
    call(49, s, (long)a, 16, 0, 0, 0);
    if (type == 1)
        call(50, s, 64, 0, 0, 0, 0);
    return s;
}
static void serve(char how)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    char buffer[4096];
    long s = opened(1, 8080);
    for (int n = 1;; n++) {
        long c = call(43, s, 0, 0, 0, 0, 0);
        call(0, c, (long)buffer, sizeof buffer, 0, 0, 0);
        call(44, c, (long)answer, sizeof answer - 1, 0x4000, 0, 0);
        if (how == 'D' && n == 5)
            call(231, 4, 0, 0, 0, 0, 0);
        if (how == 'H')
            call(32, c, 0, 0, 0, 0, 0);
        call(48, c, 2, 0, 0, 0, 0);
        call(3, c, 0, 0, 0, 0, 0);
    }
}
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
        case 't': on((long)good); break;
        case 'T': on((long)bad); break;
        case 'i': on(1); break;
        case 'z': if (!call(56, 17, 0, 0, 0, 0, 0)) call(231, 0, 0, 0, 0, 0, 0); break;
        case 'g': for (;;) { volatile char *p = (char *)call(9, 0, 1 << 20, 3, 0x22, -1, 0); for (long i = 0; i < 1 << 20; i += 4096) p[i] = 1; rest(0, 10000000); }
        case 'L': opened(1, 9999); break;
        case 'U': opened(2, 5300); break;
        case 'A': { unsigned char a[] = { 1, 0, 0, 'a', 'c', 't' }; long s = call(41, 1, 1, 0, 0, 0, 0); call(49, s, (long)a, sizeof a, 0, 0, 0); call(50, s, 8, 0, 0, 0, 0); break; }
        case 'h': case 'H': case 'D': serve(*todo); break;
        }
    call(231, 0, 0, 0, 0, 0, 0);
}
