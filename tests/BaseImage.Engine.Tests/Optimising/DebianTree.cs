namespace BaseImage.Engine.Tests.Optimising;

/// <summary>A full Debian 12, as mmdebstrap makes it, with Python: made once, when a test first asks for it.</summary>
internal static class DebianTree
{
    private static readonly Lazy<Task<string>> s_tar = new(MakeAsync);
    private static readonly Lazy<Task<string>> s_program = new(CompileAsync);
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

    /// <summary>The tree's tar.</summary>
    public static Task<string> TarAsync()
    {
        Tools.Require(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "the tree is made on Linux, as root");
        Tools.Require("mmdebstrap");
        Packages.RealArchive.Require();
        return s_tar.Value;
    }

    /// <summary>The C program, dynamically linked, with debugging information.</summary>
    public static async Task<byte[]> ProgramAsync() => await File.ReadAllBytesAsync(await s_program.Value);

    private static async Task<string> MakeAsync()
    {
        string tar = s_folder.Combine("tree.tar");
        await Tools.RunAsync("mmdebstrap", ["--quiet", "--variant=important", "--include=python3,ca-certificates", "--aptopt=Acquire::Languages \"none\"", "bookworm", tar]);
        return tar;
    }

    private static async Task<string> CompileAsync()
    {
        string source = s_folder.Combine("program.c"), program = s_folder.Combine("program");
        await File.WriteAllTextAsync(source, Source);
        await Tools.RunAsync(Tools.Require("gcc"), ["-g", "-O2", "-o", program, source, "-lpthread"]);
        return program;
    }
}
