namespace BaseImage.Engine.Tests.Optimising;

/// <summary>A full Debian 12, as mmdebstrap makes it, with Python: made once, when a test first asks for it.</summary>
internal static class DebianTree
{
    private static readonly Lazy<Task<string>> s_tar = new(() => MakeAsync("important", "python3,ca-certificates"));
    private static readonly Lazy<Task<string>> s_small = new(() => MakeAsync("essential", "libsqlite3-0"));
    private static readonly Lazy<Task<string>> s_program = new(() => CompileAsync("program", Source));
    private static readonly Lazy<Task<string>> s_secretive = new(() => CompileAsync("secretive", SecretiveSource));
    private static readonly TempFolder s_folder = new("debian-tree");

    /// <summary>What a C library does behind a program's back: names, converters, locales, accounts, and libgcc where a thread ends.</summary>
    private const string Source = """
        #include <iconv.h>
        #include <locale.h>
        #include <netdb.h>
        #include <pthread.h>
        #include <pwd.h>
        #include <stdio.h>
        #include <string.h>
        static void *stop(void *a) { pthread_exit(a); }
        int main(void)
        {
            struct addrinfo hints = { 0 }, *found;
            char in[] = "\xa4", out[8] = { 0 }, *i = in, *o = out;
            size_t left = 1, room = 7;
            pthread_t thread;
            if (!setlocale(LC_ALL, "")) return 10;
            if (getaddrinfo("localhost", "80", &hints, &found)) return 11;
            iconv_t to = iconv_open("UTF-8", "ISO-8859-15");
            if (to == (iconv_t)-1) return 12;
            if (iconv(to, &i, &left, &o, &room) == (size_t)-1 || strcmp(out, "\xe2\x82\xac")) return 13;
            if (!getpwnam("www-data")) return 14;
            if (pthread_create(&thread, NULL, stop, NULL) || pthread_join(thread, NULL)) return 15;
            puts("all is well");
            return 0;
        }
        """;

    /// <summary>
    /// What nothing static can tell: a library and a file whose names are made as it runs, the file by a child of another user.
    /// It ends with 9 or 8 where they are not there, else runs on, listens on 8080 and answers.
    /// </summary>
    private const string SecretiveSource = """
        #include <arpa/inet.h>
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <string.h>
        #include <sys/socket.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static char *plain(char *to, const char *from) { char *start = to; while (*from) *to++ = *from++ - 1; *to = 0; return start; }
        static void stop(int signal) { (void)signal; _exit(0); }
        int main(void)
        {
            char name[100], request[1000];
            int ends[2];
            struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(8080), .sin_addr.s_addr = htonl(INADDR_ANY) };
            if (!dlopen(plain(name, "mjctrmjuf4/tp/1"), RTLD_NOW)) return 9;
            if (pipe(ends)) return 7;
            if (fork() == 0) {
                char ok = 'n';
                if ((getuid() || (setgid(33) | setuid(33)) || 1) && open(plain(name, "0vts0mjc0y97`75.mjovy.hov0qfsm.cbtf0tusjdu/qn"), O_RDONLY) >= 0) ok = 'y';
                if (write(ends[1], &ok, 1) != 1) _exit(1);
                for (;;) pause();
            }
            if (read(ends[0], name, 1) != 1 || name[0] != 'y') return 8;
            signal(SIGTERM, stop);
            int server = socket(AF_INET, SOCK_STREAM, 0), client;
            if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 16)) return 6;
            while ((client = accept(server, NULL, NULL)) >= 0) {
                const char *answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
                if (read(client, request, sizeof request) > 0 && write(client, answer, strlen(answer)) < 0) return 5;
                close(client);
            }
            return 4;
        }
        """;

    /// <summary>The tree's tar.</summary>
    public static Task<string> TarAsync() => Made(s_tar);

    /// <summary>The tar of a tree of what is essential, and <c>libsqlite3-0</c>.</summary>
    public static Task<string> SmallAsync() => Made(s_small);

    private static Task<string> Made(Lazy<Task<string>> tar)
    {
        Tools.Require(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the tree is made on Linux, as root");
        Tools.Require("mmdebstrap");
        Packages.RealArchive.Require();
        return tar.Value;
    }

    /// <summary>The C program, dynamically linked, with debugging information.</summary>
    public static async Task<byte[]> ProgramAsync() => await File.ReadAllBytesAsync(await s_program.Value);

    /// <summary>The program that needs what only a run shows: <c>libsqlite3.so.0</c> and <c>/usr/lib/x86_64-linux-gnu/perl-base/strict.pm</c>.</summary>
    public static async Task<byte[]> SecretiveAsync() => await File.ReadAllBytesAsync(await s_secretive.Value);

    private static async Task<string> MakeAsync(string variant, string packages)
    {
        string tar = s_folder.Combine(variant + ".tar");
        await Tools.RunAsync("mmdebstrap", ["--quiet", "--variant=" + variant, "--include=" + packages, "--aptopt=Acquire::Languages \"none\"", "bookworm", tar]);
        return tar;
    }

    private static async Task<string> CompileAsync(string name, string text)
    {
        string source = s_folder.Combine(name + ".c"), program = s_folder.Combine(name);
        await File.WriteAllTextAsync(source, text);
        await Tools.RunAsync(Tools.Require("gcc"), ["-g", "-O2", "-o", program, source, "-lpthread"]);
        return program;
    }
}
