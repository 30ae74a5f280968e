/* otherclock SECONDS PROGRAM ARGUMENT...: runs PROGRAM, and all that it starts, with a clock that is SECONDS ahead.
 *
 * libfaketime is loaded before the C library and answers in its place. Go's programs (dockerd, containerd, runc, podman) ask no C
 * library for the time: they call the vDSO, or the kernel itself. So this takes the vDSO from the auxiliary vector of
 * every program that is executed, which sends all of them to the kernel; has seccomp hand the three calls that ask for the
 * time of day to this tracer, and no other call, so that everything else runs at full speed; and answers them.
 * What it does not reach: the times that the kernel itself gives to files, and clocks that only count from the machine's start.
 * Linux on x86-64, as root, because a filter without no_new_privs needs it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AUXV_IGNORE 1
#define AUXV_VDSO 33
#define OPTIONS (PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static pid_t first;
static long ahead;

static void forward(int signal) { kill(first, signal); }

static void filter(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 7),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_gettimeofday, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_time, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOCK_REALTIME_COARSE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
    };
    struct sock_fprog program = { sizeof code / sizeof *code, code };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("otherclock: seccomp");
        _exit(126);
    }
}

static void copy(pid_t pid, unsigned long to, void *from, size_t size)
{
    struct iovec here = { from, size }, there = { (void *)to, size };
    if (process_vm_writev(pid, &here, 1, &there, 1, 0) != (ssize_t)size)
        fprintf(stderr, "otherclock: cannot answer %d: %s\n", pid, strerror(errno));
}

/* The program is in memory and has not begun: its stack begins with argc, argv, 0, envp, 0, and the auxiliary vector. */
static void executed(pid_t pid)
{
    struct user_regs_struct regs;
    if (ptrace(PTRACE_GETREGS, pid, 0, &regs) != 0)
        return;
    unsigned long at = regs.rsp + 8;
    for (int zeros = 0; zeros < 2; at += 8)
        zeros += ptrace(PTRACE_PEEKDATA, pid, at, 0) == 0;
    for (long type; (type = ptrace(PTRACE_PEEKDATA, pid, at, 0)) != 0; at += 16)
        if (type == AUXV_VDSO)
            ptrace(PTRACE_POKEDATA, pid, at, AUXV_IGNORE);
}

static void asked(pid_t pid)
{
    struct user_regs_struct regs;
    struct timespec now;
    if (ptrace(PTRACE_GETREGS, pid, 0, &regs) != 0)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += ahead;
    regs.rax = 0;
    if (regs.orig_rax == SYS_clock_gettime)
        copy(pid, regs.rsi, &now, sizeof now);
    else if (regs.orig_rax == SYS_gettimeofday) {
        struct timeval value = { now.tv_sec, now.tv_nsec / 1000 };
        struct timezone zone = { 0, 0 };
        if (regs.rdi)
            copy(pid, regs.rdi, &value, sizeof value);
        if (regs.rsi)
            copy(pid, regs.rsi, &zone, sizeof zone);
    } else {
        if (regs.rdi)
            copy(pid, regs.rdi, &now.tv_sec, sizeof now.tv_sec);
        regs.rax = now.tv_sec;
    }
    regs.orig_rax = -1; /* the call itself is left out */
    ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

int main(int count, char **arguments)
{
    int status, code = 0, go[2];
    char word;
    if (count < 3 || pipe(go) != 0)
        return 125;
    ahead = atol(arguments[1]);
    first = fork();
    if (first == 0) {
        close(go[1]);
        if (read(go[0], &word, 1) != 1)
            _exit(126);
        close(go[0]);
        filter();
        execvp(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    close(go[0]);
    if (ptrace(PTRACE_SEIZE, first, 0, OPTIONS) != 0) {
        perror("otherclock: ptrace");
        return 126;
    }
    signal(SIGTERM, forward);
    signal(SIGINT, forward);
    if (write(go[1], "x", 1) != 1)
        return 126;
    close(go[1]);
    for (;;) {
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return code;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (pid == first)
                code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            if (pid == first)
                return code;
            continue;
        }
        int signal = WSTOPSIG(status), event = status >> 16;
        if (event == PTRACE_EVENT_SECCOMP)
            asked(pid);
        else if (event == PTRACE_EVENT_EXEC)
            executed(pid);
        else if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
            ptrace(PTRACE_LISTEN, pid, 0, 0);
            continue;
        }
        ptrace(PTRACE_CONT, pid, 0, event ? 0 : signal);
    }
}
