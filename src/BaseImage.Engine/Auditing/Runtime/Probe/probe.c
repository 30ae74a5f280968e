/* The probe: prints what the kernel says of every process of its PID namespace. No libc, no data that is written to.
 *
 *   probe s FILE...                        a snapshot, then exit
 *   probe p FILE...                        a snapshot with itself in it, then wait for ever
 *   probe w MILLISECONDS FILE...           watch identities, then a snapshot, then exit
 *   probe r MILLISECONDS FILE... -- PROGRAM ARGUMENT...
 *                                          start PROGRAM, watch it and all others, then a snapshot; when PROGRAM ends
 *                                          before the time, exit as it did, else wait for ever
 *
 *   probe a MILLISECONDS COUNT PORT,... FILE...
 *                                          wait until COUNT of the TCP ports listen, then a snapshot, then exit
 *   probe g MILLISECONDS REQUESTS FAMILY PORT TEXT FILE...
 *                                          connect to loopback (FAMILY 2 or 10) that often, send TEXT, read the answer;
 *                                          with an empty TEXT connect alone; then a snapshot, then exit
 *
 *   probe t MILLISECONDS                   say what all others touch, then exit
 *   probe t MILLISECONDS -- PROGRAM ARGUMENT...
 *                                          start PROGRAM as r does, and say what it and all others touch
 *
 * A FILE with a '/' before it is printed once, any other is below /proc/PID and printed for every process; of one with a
 * '/' at its end, a directory, the number of entries. So new questions (stat, net/tcp, maps) are new arguments and not
 * new bytes.
 *
 * Output is lines of ASCII on descriptor 1, contents in hexadecimal, so that nothing in them can look like a line:
 *   F PID FILE HEX     the first piece of a file       + HEX         its next piece
 *   W PID status HEX   an identity that is new         N PID FILE E  a file that cannot be opened, with errno
 *   P PID              PROGRAM's process               X E           PROGRAM cannot be executed, with errno
 *   Z PID STATUS       a child ended (wait's status)   T             PROGRAM still runs at the end of its time
 *   L NAME NUMBER      a count of the load             E                  all is said
 *   M PID HOW HEX      a path that is new: exe, mapped, open or cwd, as the kernel has it below the process's mounts. What comes
 *                      after a process's exe is said once of all processes of that program
 * With t, N says of a process that the kernel lets nobody look into it, or with PID 0 that there are more paths than SAID.
 * PROGRAM gets descriptor 2 as its standard output and error, so it never holds descriptor 1; the probe is not dumpable,
 * so no process without CAP_SYS_PTRACE can reach that descriptor, its memory or its environment through /proc.
 * The identity that comes before P is the probe's own: what the engine gives a process of this container.
 * A child's identity is read between its end and its burial, so one that lives for a moment is seen all the same.
 */
typedef unsigned char u8;
typedef unsigned long u64;

#define HEADER(machine, align) \
    __asm__(".section .header,\"ax\"\n.globl header\nheader:\n" \
            ".byte 0x7f,'E','L','F',2,1,1,0,0,0,0,0,0,0,0,0\n" \
            ".2byte 2," #machine "\n.4byte 1\n.8byte _start\n.8byte 64\n.8byte 0\n.4byte 0\n.2byte 64,56,2,0,0,0\n" \
            ".4byte 1,5\n.8byte 0,header,header,image_size,image_size," #align "\n"      /* PT_LOAD, R+X */ \
            ".4byte 0x6474e551,6\n.8byte 0,0,0,0,0,16\n.text\n")                         /* PT_GNU_STACK, RW */

#if defined(__x86_64__)
HEADER(62, 0x1000);
__asm__(".section .text.start,\"ax\"\n.globl _start\n_start: mov %rsp,%rdi\nand $-16,%rsp\ncall probe\n.text\n");
enum { READ = 0, WRITE = 1, CLOSE = 3, LSEEK = 8, NANOSLEEP = 35, GETPID = 39, SOCKET = 41, CONNECT = 42, SENDTO = 44, GETSOCKOPT = 55, PPOLL = 271, CLONE = 56, EXECVE = 59, WAIT4 = 61,
       PRCTL = 157, GETDENTS64 = 217, CLOCK_GETTIME = 228, EXIT_GROUP = 231, WAITID = 247, OPENAT = 257, READLINKAT = 267, DUP3 = 292, PIPE2 = 293 };
static long call(long n, long a, long b, long c, long d, long e)
{
    long result;
    register long r10 __asm__("r10") = d, r8 __asm__("r8") = e;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
HEADER(183, 0x10000);
__asm__(".section .text.start,\"ax\"\n.globl _start\n_start: mov x0,sp\nbl probe\n.text\n");
enum { DUP3 = 24, OPENAT = 56, CLOSE = 57, PIPE2 = 59, GETDENTS64 = 61, LSEEK = 62, READ = 63, WRITE = 64, EXIT_GROUP = 94, WAITID = 95,
       PPOLL = 73, READLINKAT = 78, NANOSLEEP = 101, CLOCK_GETTIME = 113, PRCTL = 167, SOCKET = 198, CONNECT = 203, SENDTO = 206, GETSOCKOPT = 209, GETPID = 172, CLONE = 220, EXECVE = 221, WAIT4 = 260 };
static long call(long n, long a, long b, long c, long d, long e)
{
    register long x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d, x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
#endif

enum { PIECE = 1024, STATUS = 8192, LIMIT = 1 << 20, SLOTS = 1024, PORTS = 32, CONNECTIONS = 8, LATE = 5000, QUIET = 200,
       SAID = 1 << 15, PATH = 4096 };

/* What was said already: by process, and with t, where traces is set, of paths. */
struct state { long self, proc, traces, said; u64 program; unsigned seen[SLOTS]; u64 paths[2 * SAID]; };

static long length(const char *text)
{
    long n = 0;
    while (text[n])
        n++;
    return n;
}

static void put(const char *bytes, long size)
{
    while (size > 0) {
        long n = call(WRITE, 1, (long)bytes, size, 0, 0);
        if (n == -4)
            continue;
        if (n <= 0)
            call(EXIT_GROUP, 120, 0, 0, 0, 0);
        bytes += n;
        size -= n;
    }
}

static char *number(char *to, u64 value)
{
    char digits[20];
    int n = 0;
    do
        digits[n++] = '0' + value % 10;
    while (value /= 10);
    while (n)
        *to++ = digits[--n];
    return to;
}

static u64 parse(const char *text)
{
    u64 value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + (*text++ - '0');
    return *text ? 0 : value;
}

/* KIND [A] [NAME] [B] or, with bytes, KIND [A] [NAME] HEX */
static void say(char kind, long a, const char *name, long b, const u8 *bytes, long size)
{
    char line[3 * PIECE], *to = line;
    *to++ = kind;
    if (a >= 0) {
        *to++ = ' ';
        to = number(to, a);
    }
    if (name) {
        *to++ = ' ';
        for (long i = 0; name[i] && i < 256; i++)
            *to++ = name[i] <= ' ' ? '?' : name[i];
    }
    if (b >= 0) {
        *to++ = ' ';
        to = number(to, b);
    }
    if (bytes) {
        *to++ = ' ';
        for (long i = 0; i < size; i++) {
            *to++ = "0123456789abcdef"[bytes[i] >> 4];
            *to++ = "0123456789abcdef"[bytes[i] & 15];
        }
    }
    *to++ = '\n';
    put(line, to - line);
}

static void pieces(char kind, long pid, const char *name, const u8 *bytes, long size)
{
    do {
        long n = size < PIECE ? size : PIECE;
        if (kind == '+')
            say(kind, -1, 0, -1, bytes, n);
        else
            say(kind, pid, name, -1, bytes, n);
        kind = '+';
        bytes += n;
        size -= n;
    } while (size > 0);
}

static long opened(long pid, const char *name)
{
    char path[320], *to = path;
    if (*name != '/') {
        for (const char *root = "/proc/"; *root; root++)
            *to++ = *root;
        to = number(to, pid);
        *to++ = '/';
    }
    for (long i = 0; name[i] && i < 256; i++)
        *to++ = name[i];
    *to = 0;
    return call(OPENAT, -100, (long)path, 02000000, 0, 0); /* O_RDONLY | O_CLOEXEC */
}

static long filled(long fd, u8 *buffer, long size)
{
    long n, got = 0;
    while (got < size && (n = call(READ, fd, (long)buffer + got, size - got, 0, 0)) != 0) {
        if (n == -4)
            continue;
        if (n < 0)
            break;
        got += n;
    }
    return got;
}

static void file(long pid, const char *name)
{
    u8 buffer[STATUS];
    char kind = 'F';
    long total = 0, n, fd = opened(pid, name);
    if (fd < 0) {
        say('N', pid, name, -fd, 0, 0);
        return;
    }
    if (name[length(name) - 1] == '/') {
        char text[24];
        while ((n = call(GETDENTS64, fd, (long)buffer, STATUS, 0, 0)) > 0)
            for (long at = 0; at < n; at += *(unsigned short *)(buffer + at + 16))
                total += buffer[at + 19] != '.';
        call(CLOSE, fd, 0, 0, 0, 0);
        pieces('F', pid, name, (u8 *)text, number(text, total) - text);
        return;
    }
    do {
        n = filled(fd, buffer, STATUS);
        if (n > 0 || kind == 'F')
            pieces(kind, pid, name, buffer, n);
        kind = '+';
        total += n;
    } while (n == STATUS && total < LIMIT);
    call(CLOSE, fd, 0, 0, 0, 0);
}

/* Prints a process's status when its name, ids, capabilities, no_new_privs or seccomp are new, or when it must. */
static void identity(struct state *s, long pid, int must)
{
    u8 text[STATUS];
    long fd = opened(pid, "status");
    if (fd < 0)
        return;
    long size = filled(fd, text, STATUS);
    call(CLOSE, fd, 0, 0, 0, 0);
    unsigned hash = 2166136261u ^ (unsigned)pid, counts = 0, start = 1;
    for (long i = 0; i < size; i++) {
        if (start)
            counts = text[i] == 'U' || text[i] == 'G' || text[i] == 'C' || text[i] == 'N' || (text[i] == 'S' && i + 1 < size && text[i + 1] == 'e');
        start = text[i] == '\n';
        if (counts)
            hash = (hash ^ text[i]) * 16777619u;
    }
    if (size && (must || s->seen[pid % SLOTS] != hash)) {
        s->seen[pid % SLOTS] = hash;
        pieces('W', pid, "status", text, size);
    }
}

static u64 hashed(u64 hash, const u8 *bytes, long size)
{
    for (long i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

/* True once for what is named so. Half of the places stay empty, so that looking ends. */
static int fresh(struct state *s, u64 whose, const char *how, const u8 *bytes, long size)
{
    u64 hash = hashed(hashed(whose, (const u8 *)how, length(how) + 1), bytes, size) | 1;
    u64 at = (hash >> 20) % (2 * SAID);
    for (; s->paths[at]; at = (at + 1) % (2 * SAID))
        if (s->paths[at] == hash)
            return 0;
    if (s->said == SAID)
        return 0;
    s->paths[at] = hash;
    if (++s->said == SAID)
        say('N', 0, "paths", 28, 0, 0); /* ENOSPC */
    return 1;
}

static void touched(struct state *s, long pid, const char *how, const u8 *path, long size)
{
    if (size > 0 && *path == '/' && fresh(s, s->program, how, path, size))
        pieces('M', pid, how, path, size);
}

/* Says once of a process that the kernel lets nobody look into it: EPERM, EACCES. */
static void refused(struct state *s, long pid, const char *how, long result)
{
    if ((result == -1 || result == -13) && fresh(s, 0, "N", (u8 *)&pid, sizeof pid))
        say('N', pid, how, -result, 0, 0);
}

/* A link below /proc/PID. */
static void followed(struct state *s, long pid, const char *name, const char *entry, const char *how)
{
    u8 path[PATH];
    char link[64], *to = link;
    for (const char *root = "/proc/"; *root; root++)
        *to++ = *root;
    to = number(to, pid);
    *to++ = '/';
    for (; *name; name++)
        *to++ = *name;
    for (long i = 0; entry[i] && i < 20; i++)
        *to++ = entry[i];
    *to = 0;
    long size = call(READLINKAT, -100, (long)link, (long)path, PATH, 0);
    refused(s, pid, how, size);
    if (*how == 'e') {
        s->program = hashed(14695981039346656037u, path, size > 0 ? size : 0);
        if (size > 0 && fresh(s, s->program, "", (u8 *)&pid, sizeof pid))
            pieces('M', pid, how, path, size);
    } else
        touched(s, pid, how, path, size);
}

/* The sixth field of a line of maps, which goes to the line's end. */
static void maps(struct state *s, long pid)
{
    u8 buffer[PATH], path[PATH];
    long n, field = 0, inside = 0, size = 0, fd = opened(pid, "maps");
    if (fd < 0)
        return;
    while ((n = filled(fd, buffer, sizeof buffer)) > 0)
        for (long i = 0; i < n; i++) {
            u8 c = buffer[i];
            if (c == '\n') {
                touched(s, pid, "mapped", path, size);
                field = inside = size = 0;
            } else if (field == 5 && (size || c != ' ')) {
                if (size < PATH)
                    path[size++] = c;
            } else {
                field += c == ' ' && inside;
                inside = c != ' ';
            }
        }
    call(CLOSE, fd, 0, 0, 0, 0);
}

static void trace(struct state *s, long pid)
{
    u8 entries[4096];
    long size, fd = opened(pid, "fd");
    refused(s, pid, "open", fd);
    followed(s, pid, "exe", "", "exe");
    followed(s, pid, "cwd", "", "cwd");
    maps(s, pid);
    while (fd >= 0 && (size = call(GETDENTS64, fd, (long)entries, sizeof entries, 0, 0)) > 0)
        for (long at = 0; at < size; at += *(unsigned short *)(entries + at + 16))
            if (entries[at + 19] != '.')
                followed(s, pid, "fd/", (char *)entries + at + 19, "open");
    if (fd >= 0)
        call(CLOSE, fd, 0, 0, 0, 0);
}

/* Calls for every process but this one (and for this one where asked): each file, or the identity where there is none, or what it touches. */
static void each(struct state *s, char **files, long count, int self)
{
    u8 entries[4096];
    call(LSEEK, s->proc, 0, 0, 0, 0);
    for (;;) {
        long size = call(GETDENTS64, s->proc, (long)entries, sizeof entries, 0, 0);
        if (size <= 0)
            return;
        for (long at = 0; at < size; at += *(unsigned short *)(entries + at + 16)) {
            long pid = parse((char *)entries + at + 19);
            if (pid == 0 || (pid == s->self && !self))
                continue;
            if (s->traces)
                trace(s, pid);
            else if (!files)
                identity(s, pid, 0);
            for (long i = 0; files && i < count; i++)
                if (*files[i] != '/')
                    file(pid, files[i]);
        }
    }
}

static void snapshot(struct state *s, char **files, long count, int self)
{
    each(s, files, count, self);
    for (long i = 0; i < count; i++)
        if (*files[i] == '/')
            file(0, files[i]);
    say('E', -1, 0, -1, 0, 0);
}

static u64 milliseconds(void)
{
    long time[2];
    call(CLOCK_GETTIME, 1, (long)time, 0, 0, 0);
    return (u64)time[0] * 1000 + (u64)time[1] / 1000000;
}

static void rest(long nanoseconds)
{
    long time[2];
    time[0] = nanoseconds / 1000000000;
    time[1] = nanoseconds % 1000000000;
    call(NANOSLEEP, (long)time, 0, 0, 0, 0);
}

/* Marks the ports of the list that a file of the form of /proc/net/tcp has as listening (state 0A). */
static unsigned listening(const char *name, const unsigned *ports, long count)
{
    u8 buffer[4096];
    unsigned found = 0, value = 0, port = 0;
    long n, field = 0, inside = 0, fd = opened(0, name);
    if (fd < 0)
        return 0;
    while ((n = filled(fd, buffer, sizeof buffer)) > 0)
        for (long i = 0; i < n; i++) {
            u8 c = buffer[i];
            if (c == ' ' || c == '\n') {
                if (inside && field == 1)
                    port = value;
                if (inside && field == 3 && value == 10)
                    for (long k = 0; k < count; k++)
                        if (ports[k] == port)
                            found |= 1u << k;
                field = c == '\n' ? 0 : field + inside;
                inside = 0;
            } else {
                if (!inside || c == ':')
                    value = 0;
                inside = 1;
                if (c != ':')
                    value = value * 16 + (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
            }
        }
    call(CLOSE, fd, 0, 0, 0, 0);
    return found;
}

static void await(u64 until, u64 wanted, const char *list)
{
    unsigned ports[PORTS];
    long count = 0;
    ports[0] = 0;
    for (; *list && count < PORTS; list++)
        if (*list == ',')
            ports[++count & (PORTS - 1)] = 0;
        else
            ports[count] = ports[count] * 10 + (*list - '0');
    count += count < PORTS;
    for (;;) {
        unsigned found = listening("/proc/net/tcp", ports, count) | listening("/proc/net/tcp6", ports, count);
        u64 open = 0;
        for (; found; found &= found - 1)
            open++;
        if (open >= wanted || milliseconds() >= until)
            return;
        rest(2000000);
    }
}

struct connection { int fd; short events, revents; };

/* Several connections at once, each new until the number or the time is reached; an answer ends with the connection or with silence. */
static void load(u64 until, long requests, long family, long port, const char *text)
{
    struct connection slot[CONNECTIONS];
    u64 since[CONNECTIONS], heard[CONNECTIONS], begin = milliseconds(), now;
    u8 address[28], buffer[4096], first[CONNECTIONS][16];
    long got[CONNECTIONS], size = length(text), begun = 0, answered = 0, refused = 0, cut = 0, late = 0, failed = 0, http = 0, slowest = 0;
    for (long i = 0; i < 28; i++)
        address[i] = 0;
    address[0] = family;
    address[2] = port >> 8;
    address[3] = port;
    if (family == 2) {
        address[4] = 127;
        address[7] = 1;
    } else
        address[23] = 1;
    for (long i = 0; i < CONNECTIONS; i++)
        slot[i].fd = -1;
    for (;;) {
        long busy = 0, wait[2] = { 0, 20000000 };
        now = milliseconds();
        for (long i = 0; i < CONNECTIONS; i++) {
            if (slot[i].fd < 0 && begun < requests && now < until) {
                begun++;
                long fd = call(SOCKET, family, 02004001, 0, 0, 0); /* SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
                long result = fd < 0 ? fd : call(CONNECT, fd, (long)address, family == 2 ? 16 : 28, 0, 0);
                if (result < 0 && result != -115) { /* EINPROGRESS */
                    refused++;
                    if (fd >= 0)
                        call(CLOSE, fd, 0, 0, 0, 0);
                } else {
                    slot[i].fd = fd;
                    slot[i].events = 4; /* POLLOUT */
                    since[i] = heard[i] = now;
                    got[i] = 0;
                }
            }
            slot[i].revents = 0;
            busy += slot[i].fd >= 0;
        }
        if (!busy && (begun >= requests || now >= until))
            break;
        call(PPOLL, (long)slot, CONNECTIONS, (long)wait, 0, 8);
        now = milliseconds();
        for (long i = 0; i < CONNECTIONS; i++) {
            long done = 0;
            if (slot[i].fd < 0)
                continue;
            if (slot[i].revents && slot[i].events == 4) {
                int error = 0, four = 4;
                call(GETSOCKOPT, slot[i].fd, 1, 4, (long)&error, (long)&four); /* SOL_SOCKET, SO_ERROR */
                done = 1;
                if (error)
                    refused++;
                else if (!size)
                    answered++;
                else {
                    done = 0;
                    call(SENDTO, slot[i].fd, (long)text, size, 0x4000, 0); /* MSG_NOSIGNAL */
                    slot[i].events = 1; /* POLLIN */
                }
            } else if (slot[i].revents) {
                long n = call(READ, slot[i].fd, (long)buffer, sizeof buffer, 0, 0);
                for (long k = 0; k < n && got[i] + k < 16; k++)
                    first[i][got[i] + k] = buffer[k];
                if (n > 0) {
                    got[i] += n;
                    heard[i] = now;
                } else if (n != -11) { /* EAGAIN */
                    done = 1;
                    cut += !got[i];
                }
            } else if (now - since[i] > LATE && !got[i]) {
                late++;
                done = 1;
            }
            if (got[i] && !done)
                done = now - heard[i] > QUIET || now - since[i] > 2 * LATE;
            if (!done)
                continue;
            if (got[i]) {
                answered++;
                if (got[i] >= 12 && first[i][0] == 'H' && first[i][1] == 'T' && first[i][2] == 'T' && first[i][3] == 'P') {
                    http++;
                    failed += first[i][9] == '5';
                }
            }
            if ((long)(now - since[i]) > slowest)
                slowest = now - since[i];
            call(CLOSE, slot[i].fd, 0, 0, 0, 0);
            slot[i].fd = -1;
        }
    }
    say('L', -1, "begun", begun, 0, 0);
    say('L', -1, "answered", answered, 0, 0);
    say('L', -1, "refused", refused, 0, 0);
    say('L', -1, "cut", cut, 0, 0);
    say('L', -1, "late", late, 0, 0);
    say('L', -1, "http", http, 0, 0);
    say('L', -1, "failed", failed, 0, 0);
    say('L', -1, "slowest", slowest, 0, 0);
    say('L', -1, "elapsed", now - begin, 0, 0);
}

/* As a runtime looks a program up: along PATH where its name has no '/'. Comes back only when it cannot be executed. */
static void execute(char **program, char **environment, long fd)
{
    char path[4096];
    const char *search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const char *name = program[0];
    long error = 2, hasSlash = 0, size = length(name);
    for (long i = 0; i < size; i++)
        hasSlash |= name[i] == '/';
    for (char **e = environment; *e; e++)
        if (e[0][0] == 'P' && e[0][1] == 'A' && e[0][2] == 'T' && e[0][3] == 'H' && e[0][4] == '=')
            search = e[0] + 5;
    call(DUP3, 2, 1, 0, 0, 0);

    /* For want of memory the program goes first, and the probe lives to tell. A process that is not dumpable cannot open its own file. */
    call(PRCTL, 4, 1, 0, 0, 0);
    long score = call(OPENAT, -100, (long)"/proc/self/oom_score_adj", 02000001, 0, 0); /* O_WRONLY | O_CLOEXEC */
    call(WRITE, score, (long)"1000", 4, 0, 0);
    call(CLOSE, score, 0, 0, 0, 0);
    if (hasSlash)
        error = -call(EXECVE, (long)name, (long)program, (long)environment, 0, 0);
    while (!hasSlash && size && *search) {
        char *to = path;
        while (*search && *search != ':' && to < path + 2048)
            *to++ = *search++;
        *to++ = '/';
        for (long i = 0; i <= size && i < 2000; i++)
            *to++ = name[i];
        long result = -call(EXECVE, (long)path, (long)program, (long)environment, 0, 0);
        if (result != 2 && result != 20) /* ENOENT, ENOTDIR */
            error = result;
        while (*search && *search != ':')
            search++;
        search += *search == ':';
    }

    /* The probe says it, when this process has ended: two writers could cut each other's lines. */
    int number = error;
    call(WRITE, fd, (long)&number, sizeof number, 0, 0);
    call(EXIT_GROUP, 127, 0, 0, 0, 0);
}

void probe(char **stack)
{
    struct state s;
    int ends[2] = { -1, -1 }, refused = 0;
    long argc = (long)stack[0], child = 0, ended = 0, status = 0, at = 3;
    char **arguments = stack + 1, **environment = stack + argc + 2;
    char mode = argc > 1 ? arguments[1][0] : 0;
    call(PRCTL, 4, 0, 0, 0, 0); /* PR_SET_DUMPABLE */
    for (long i = 0; i < SLOTS; i++)
        s.seen[i] = 0;
    s.traces = s.said = 0;
    s.self = call(GETPID, 0, 0, 0, 0, 0);
    s.proc = call(OPENAT, -100, (long)"/proc", 02000000, 0, 0);
    if (mode == 's' || mode == 'p') {
        snapshot(&s, arguments + 2, argc - 2, mode == 'p');
        while (mode == 'p')
            rest(1000000000);
        call(EXIT_GROUP, 0, 0, 0, 0, 0);
    }
    if (mode == 'a' && argc > 4) {
        await(milliseconds() + parse(arguments[2]), parse(arguments[3]), arguments[4]);
        snapshot(&s, arguments + 5, argc - 5, 0);
        call(EXIT_GROUP, 0, 0, 0, 0, 0);
    }
    if (mode == 'g' && argc > 6) {
        load(milliseconds() + parse(arguments[2]), parse(arguments[3]), parse(arguments[4]), parse(arguments[5]), arguments[6]);
        snapshot(&s, arguments + 7, argc - 7, 0);
        call(EXIT_GROUP, 0, 0, 0, 0, 0);
    }
    if (argc < 3 || (mode != 'r' && mode != 'w' && mode != 't'))
        call(EXIT_GROUP, 121, 0, 0, 0, 0);

    u64 until = milliseconds() + parse(arguments[2]);
    while (at < argc && !(arguments[at][0] == '-' && arguments[at][1] == '-' && !arguments[at][2]))
        at++;
    long files = at - 3;
    for (long i = 0; mode == 't' && i < 2 * SAID; i++)
        s.paths[i] = 0;
    if (mode != 'w' && at + 1 < argc) {
        call(PIPE2, (long)ends, 02004000, 0, 0, 0); /* O_CLOEXEC | O_NONBLOCK */
        identity(&s, s.self, 1);
        child = call(CLONE, 17, 0, 0, 0, 0); /* SIGCHLD */
        if (child == 0)
            execute(arguments + at + 1, environment, ends[1]);
        if (child < 0) {
            say('X', -1, 0, -child, 0, 0);
            call(EXIT_GROUP, 127, 0, 0, 0, 0);
        }
        say('P', child, 0, -1, 0, 0);
    }
    s.traces = mode == 't';
    for (long turn = 0; !ended && milliseconds() < until; turn++) {
        int info[32];
        each(&s, 0, 0, 0);
        for (;;) {
            int result = 0;
            info[3] = 0; /* si_pid: behind si_signo, si_errno, si_code and, as pointers need it, four bytes of nothing */
            info[4] = 0;
            if (call(WAITID, 0, 0, (long)info, 0x01000005, 0) != 0 || info[4] == 0) /* P_ALL; WEXITED | WNOHANG | WNOWAIT */
                break;
            long pid = info[4];
            identity(&s, pid, 1);
            call(WAIT4, pid, (long)&result, 0, 0, 0);
            if (pid == child && call(READ, ends[0], (long)&refused, sizeof refused, 0, 0) == sizeof refused)
                say('X', -1, 0, refused, 0, 0);
            say('Z', pid, 0, result, 0, 0);
            if (pid == child) {
                ended = 1;
                status = result;
            }
        }
        if (!ended && turn > 300)
            rest(turn < 3000 ? 1000000 : 20000000);
    }
    if (child && !ended)
        say('T', -1, 0, -1, 0, 0);
    s.traces = 0;
    snapshot(&s, arguments + 3, files, 0);
    while (child && !ended)
        rest(1000000000);
    call(EXIT_GROUP, status & 127 ? 128 + (status & 127) : status >> 8 & 255, 0, 0, 0, 0);
}
