namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Programs, packages and where they come from.</summary>
internal static class PackageRows
{
    private const string Source = "printf '#include <stdio.h>\\n#include <string.h>\\nint main(int n,char**a){char b[64];strcpy(b,a[n-1]);puts(b);return b[0];}\\n'";
    private const string Hard = "-O2 -s -fPIE -pie -Wl,-z,relro,-z,now -fstack-protector-strong -D_FORTIFY_SOURCE=2";

    // A stanza of dpkg's and one of apk's.
    private const string Installed = "Status: install ok installed\\nMaintainer: x\\nArchitecture: amd64\\nVersion: 1.0\\nDescription: x\\n\\n";
    private const string Apk = "A:x86_64\\nS:1\\nI:1\\nT:x\\nU:x\\nL:MIT\\n\\n";

    public static IReadOnlyList<CorpusRow> Faults { get; } =
    [
        new("a package's program is changed", "debian", "printf x >> usr/bin/mawk", "BI3001", "/usr/bin/mawk"),
        new("a program whose stack is executable", "debian", Gcc("-z execstack", "stack"), "BI2080", "/usr/local/bin/stack"),
        new("a program at fixed addresses", "debian", Gcc("-no-pie -fno-pie", "fixed"), "BI2081", "/usr/local/bin/fixed"),
        new("a program without RELRO", "debian", Gcc("-Wl,-z,norelro", "norelro"), "BI2082", "/usr/local/bin/norelro"),
        new("a program without a guard of the stack", "debian", Gcc("-fno-stack-protector", "noguard"), "BI2083", "/usr/local/bin/noguard"),
        new("a program with unchecked calls", "debian", Gcc("-U_FORTIFY_SOURCE -O0", "unchecked"), "BI2084", "/usr/local/bin/unchecked"),
        new("libraries from where the program is started", "debian", Gcc("-Wl,-rpath,lib", "relative"), "BI2085", "/usr/local/bin/relative"),
        new("libraries from /tmp", "debian", Gcc("-Wl,-rpath,/tmp/lib", "tmp"), "BI2085", "/usr/local/bin/tmp"),
        new("a program with its symbols", "debian", Gcc("", "symbols", "-O2"), "BI2087", "/usr/local/bin/symbols"),
        new("a program with debugging information", "debian", Gcc("-g", "debug", "-O2"), "BI2088", "/usr/local/bin/debug"),
        new("a program whose library is missing", "debian", "printf 'int f(void){return 1;}' | gcc -shared -fPIC -x c - -Wl,-soname,libgone.so.1 -o libgone.so && printf 'int f(void);int main(void){return f();}' | gcc -s -x c - -L. -lgone -o usr/local/bin/gone && rm libgone.so", "BI2089", "/usr/local/bin/gone"),
        new("a program for another libc", "alpine", Source + " | gcc -s -x c - -o usr/bin/glibc", "BI2089", "/usr/bin/glibc"),
        new("a library that nothing needs", "debian", "printf 'int f(void){return 1;}' | gcc -s -shared -fPIC -x c - -Wl,-soname,libidle.so.1 -o usr/local/lib/libidle.so.1", "BI2091", "/usr/local/lib/libidle.so.1"),
        new("a program for another processor", "debian", "printf 'void _start(void){for(;;);}' | aarch64-linux-gnu-gcc -s -nostdlib -static -x c - -o usr/local/bin/arm", "BI2092", "/usr/local/bin/arm"),
        new("a segment to write and to run", "debian", "printf 'void _start(void){for(;;);}' | gcc -s -nostdlib -static -Wl,-N -x c - -o usr/local/bin/rwx 2>/dev/null", "BI2094", "/usr/local/bin/rwx"),
        new("half a program", "debian", "head -c 20000 usr/bin/mawk > usr/local/bin/half && chmod 755 usr/local/bin/half", "BI2095", "/usr/local/bin/half"),
        new("a library that no package ships", "debian", "printf 'int g(void){return 1;}' | gcc -s -shared -fPIC -x c - -o usr/lib/x86_64-linux-gnu/libowned.so.1", "BI3002", "/usr/lib/x86_64-linux-gnu/libowned.so.1"),
        new("a program that no package ships", "alpine", "printf '#!/bin/sh\\n' > usr/sbin/entry && chmod 755 usr/sbin/entry", "BI3002", "/usr/sbin/entry"),
        new("an interpreter", "alpine", "cp \"$BUSYBOX\" usr/bin/python3.12", "BI3004", "/usr/bin/python3.12"),
        new("a compiler", "alpine", "cp \"$BUSYBOX\" usr/bin/gcc-13", "BI3005", "/usr/bin/gcc-13"),
        new("a compiler for another target", "debian", "cp bin/true usr/bin/x86_64-linux-gnu-g++-12", "BI3005", "/usr/bin/x86_64-linux-gnu-g++-12"),
        new("a network scanner", "debian", "cp bin/true usr/bin/nmap", "BI3006", "/usr/bin/nmap"),
        new("netcat by its alternative's name", "debian", "cp bin/true usr/bin/nc.traditional", "BI3006", "/usr/bin/nc.traditional"),
        new("a debugger", "debian", "cp bin/true usr/bin/gdb", "BI3007", "/usr/bin/gdb"),
        new("a server to log in", "debian", "cp bin/true usr/sbin/sshd", "BI3008", "/usr/sbin/sshd"),
        new("a development package", "debian", Dpkg("libfoo-dev", "Section: libdevel\\n"), "BI3009", "libfoo-dev"),
        new("header files", "alpine", "mkdir -p usr/include && echo x > usr/include/stdio.h", "BI3009", "/usr/include"),
        new("a package of symbols", "debian", Dpkg("libfoo-dbgsym", "Section: debug\\n"), "BI3010", "libfoo-dbgsym"),
        new("a package of documents", "debian", Dpkg("manpages-extra", "Section: doc\\n"), "BI3011", "manpages-extra"),
        new("a package that is half installed", "debian", "printf 'Package: halfway\\nStatus: install reinstreq half-installed\\nArchitecture: amd64\\nVersion: 1.0\\n\\n' >> var/lib/dpkg/status", "BI3012", "halfway"),
        new("a package on hold", "debian", "printf 'Package: held\\nStatus: hold ok installed\\nArchitecture: amd64\\nVersion: 1.0\\n\\n' >> var/lib/dpkg/status", "BI3013", "held"),
        new("a package in two versions", "distroless", "printf 'Package: tzdata\\nVersion: 2020a-1\\nArchitecture: all\\n' > var/lib/dpkg/status.d/tzdata-old", "BI3014", "tzdata"),
        new("an essential package is missing", "debian", "python3 -c \"import re; p='var/lib/dpkg/status'; s=open(p).read(); open(p,'w').write(re.sub(r'Package: hostname\\\\n.*?\\\\n\\\\n', '', s, flags=re.S))\"", "BI3015", "hostname"),
        new("a release past its end", "alpine", ":", "BI3016", "3.20"),
        new("a dependency is missing", "debian", Dpkg("needy", "Depends: nowhere (>= 2)\\n"), "BI3017", "needy"),
        new("sources of another suite", "debian", "echo 'deb http://mirror.example.org/debian trixie main' >> etc/apt/sources.list", "BI3018", "/etc/apt/sources.list"),
        new("sources of a moving suite", "debian", "mkdir -p etc/apt/sources.list.d && printf 'Types: deb\\nURIs: https://mirror.debian.org/debian\\nSuites: unstable\\nComponents: main\\n' > etc/apt/sources.list.d/sid.sources", "BI3020", "/etc/apt/sources.list.d/sid.sources"),
        new("Alpine's edge", "alpine", "echo 'https://dl-cdn.alpinelinux.org/alpine/edge/testing' >> etc/apk/repositories", "BI3020", "/etc/apk/repositories"),
        new("an archive of somebody else over http", "debian", "mkdir -p etc/apt/sources.list.d && echo 'deb [signed-by=/usr/share/keyrings/x.gpg] http://packages.internal/debian bookworm main' > etc/apt/sources.list.d/plain.list", "BI3019", "/etc/apt/sources.list.d/plain.list"),
        new("a package of another architecture", "debian", "printf 'Package: libfar\\nStatus: install ok installed\\nArchitecture: i386\\nVersion: 1.0\\n\\n' >> var/lib/dpkg/status", "BI3021", "libfar"),
        new("a package without a copyright file", "debian", Dpkg("nocopy", ""), "BI3023", "nocopy"),
        new("npm's cache", "alpine", "mkdir -p root/.npm/_cacache/index-v5 && echo x > root/.npm/_cacache/index-v5/a", "BI3024", "/root/.npm/_cacache"),
        new("Go's modules", "debian", "mkdir -p root/go/pkg/mod/cache/download && echo x > root/go/pkg/mod/cache/download/a", "BI3024", "/root/go/pkg/mod"),
        new("a test runner among the modules", "alpine", "mkdir -p srv/app/node_modules/jest && echo '{}' > srv/app/node_modules/jest/package.json", "BI3025", "/srv/app/node_modules/jest"),
        new("a key that no package brought", "debian", "mkdir -p etc/apt/trusted.gpg.d && echo x > etc/apt/trusted.gpg.d/vendor.gpg", "BI3027", "/etc/apt/trusted.gpg.d/vendor.gpg"),
        new("packages for a build stayed", "alpine", $"printf 'P:.build-deps\\nV:20240101.000000\\n{Apk}' >> lib/apk/db/installed", "BI3028", ".build-deps"),
        new("a kernel", "debian", Dpkg("linux-image-6.1.0-28-amd64", "Section: kernel\\n"), "BI3029", "linux-image-6.1.0-28-amd64"),
        new("what a removed package left", "debian", "printf 'Package: removed\\nStatus: deinstall ok config-files\\nArchitecture: amd64\\nVersion: 1.0\\nConffiles:\\n /etc/removed.conf 0\\n\\n' >> var/lib/dpkg/status", "BI3030", "removed"),
    ];

    public static IReadOnlyList<CorpusRow> Innocent { get; } =
    [
        new("a configuration file of a package is changed", "debian", "echo '# ours' >> etc/debconf.conf", "BI3001", "/etc/debconf.conf"),
        new("a hardened program's stack", "debian", Gcc("", "hard"), "BI2080", "/usr/local/bin/hard"),
        new("a hardened program's addresses", "debian", Gcc("", "hard1"), "BI2081", "/usr/local/bin/hard1"),
        new("a hardened program's tables", "debian", Gcc("", "hard2"), "BI2082", "/usr/local/bin/hard2"),
        new("a hardened program's guard", "debian", Gcc("", "hard3"), "BI2083", "/usr/local/bin/hard3"),
        new("a hardened program's calls", "debian", Gcc("", "hard4"), "BI2084", "/usr/local/bin/hard4"),
        new("libraries beside the program", "debian", Gcc("-Wl,-rpath,\\$ORIGIN/../lib", "origin"), "BI2085", "/usr/local/bin/origin"),
        new("a stripped program", "debian", Gcc("", "hard5"), "BI2087", "/usr/local/bin/hard5"),
        new("a library beside the program that needs it", "debian", "mkdir -p opt/app && printf 'int f(void){return 1;}' | gcc -s -shared -fPIC -x c - -Wl,-soname,libmine.so.1 -o opt/app/libmine.so.1 && printf 'int f(void);int main(void){return f();}' | gcc -s -x c - -x none opt/app/libmine.so.1 '-Wl,-rpath,$ORIGIN' -o opt/app/run", "BI2089", "/opt/app/run"),
        new("that library", "debian", ":", "BI2091", "/opt/app/libmine.so.1"),
        new("a module of NSS", "debian", "printf 'int h(void){return 1;}' | gcc -s -shared -fPIC -x c - -Wl,-soname,libnss_ldap.so.2 -o usr/lib/x86_64-linux-gnu/libnss_ldap.so.2", "BI2091", "/usr/lib/x86_64-linux-gnu/libnss_ldap.so.2"),
        new("Debian's own programs at whatever addresses", "debian", ":", "BI2081", "/usr/bin/mawk"),
        new("a program in /usr/local", "debian", "printf '#!/bin/sh\\n' > usr/local/bin/ours && chmod 755 usr/local/bin/ours", "BI3002", "/usr/local/bin/ours"),
        new("an alternative's link", "debian", ":", "BI3002", "/usr/bin/awk"),
        new("a library's name with python in it", "debian", "cp bin/true usr/bin/pythonize", "BI3004", "/usr/bin/pythonize"),
        new("a folder named perl", "alpine", "mkdir -p usr/share/perl && echo x > usr/share/perl/readme", "BI3004", "/usr/share/perl/readme"),
        new("a program named gccgo-tools", "alpine", "cp \"$BUSYBOX\" usr/bin/gccount", "BI3005", "/usr/bin/gccount"),
        new("a client named ncal", "debian", "cp bin/true usr/bin/ncal", "BI3006", "/usr/bin/ncal"),
        new("a file named curl that nothing runs", "debian", "echo x > usr/share/curl", "BI3006", "/usr/share/curl"),
        new("a package whose name holds dev", "debian", Dpkg("udevice", "Section: admin\\n"), "BI3009", "udevice"),
        new("a package of documents that programs read", "debian", ":", "BI3011", "base-files"),
        new("a virtual dependency", "debian", Dpkg("asks", "Depends: awk, libc6 (>= 2.3) | nowhere\\n"), "BI3017", "asks"),
        new("security and updates of the same release", "debian", "echo 'deb http://mirror.debian.org/debian-security bookworm-security main' >> etc/apt/sources.list", "BI3018", "/etc/apt/sources.list"),
        new("packages for every architecture", "distroless", ":", "BI3021", "tzdata"),
        new("modules that the program needs", "alpine", "mkdir -p srv/app/node_modules/express && echo '{}' > srv/app/node_modules/express/package.json", "BI3025", "/srv/app/node_modules/express"),
        new("a package named grubby", "debian", Dpkg("linux-libc-headers", "Section: libs\\n"), "BI3029", "linux-libc-headers"),
        new("an image of one program", "bare", ":", "BI3003", ""),
    ];

    private static string Gcc(string flags, string name, string hard = Hard) => $"{Source} | gcc -w {hard} {flags} -x c - -o usr/local/bin/{name}";

    private static string Dpkg(string name, string more) => $"printf 'Package: {name}\\n{more}{Installed}' >> var/lib/dpkg/status";
}
