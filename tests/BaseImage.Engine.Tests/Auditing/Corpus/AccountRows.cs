namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Accounts and those who may become them.</summary>
internal static class AccountRows
{
    public static IReadOnlyList<CorpusRow> Faults { get; } =
    [
        new("a second account with uid 0", "debian", "useradd -R \"$PWD\" -o -u 0 -g 0 -M toor", "BI2010", "toor"),
        new("a uid of 00", "alpine", "echo 'zero:x:00:0::/:/bin/sh' >> etc/passwd", "BI2010", "zero"),
        new("a uid twice", "debian", "useradd -R \"$PWD\" -o -u 33 -M second", "BI2011", "second"),
        new("a name twice", "alpine", "echo 'bin:x:4321:4321::/:/sbin/nologin' >> etc/passwd", "BI2011", "bin"),
        new("a gid twice", "alpine", "echo 'same:x:1:' >> etc/group", "BI2011", "same"),
        new("an empty password in shadow", "debian", "useradd -R \"$PWD\" -M open && sed -i 's/^open:[^:]*/open:/' etc/shadow", "BI2012", "open"),
        new("an empty password in passwd", "busybox", "echo 'guest::1500:1500::/:/bin/sh' >> etc/passwd", "BI2012", "guest"),
        new("root without a password, as Alpine once had", "alpine", "sed -i 's/^root:[^:]*/root:/' etc/shadow", "BI2012", "root"),
        new("a password of yescrypt", "debian", "echo 'deploy:$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7:19800:0:99999:7:::' >> etc/shadow", "BI2013", "deploy"),
        new("a password of DES", "alpine", "echo 'old:aZ9RkqP3x1uQE:19800:0:::::' >> etc/shadow", "BI2013", "old"),
        new("shadow readable by all", "debian", "chmod 0644 etc/shadow", "BI2014", "/etc/shadow"),
        new("gshadow's backup readable by all", "debian", "cp etc/gshadow etc/gshadow- && chmod 0644 etc/gshadow-", "BI2014", "/etc/gshadow-"),
        new("a line of passwd with five fields", "alpine", "echo 'short:x:1600:1600:' >> etc/passwd", "BI2015", "short"),
        new("a uid that is no number", "debian", "echo 'letters:x:abc:1700::/:/usr/sbin/nologin' >> etc/passwd", "BI2015", "letters"),
        new("sudo without a password", "debian", "mkdir -p etc/sudoers.d && echo 'www-data ALL=(ALL) NOPASSWD: ALL' > etc/sudoers.d/web", "BI2017", "/etc/sudoers.d/web"),
        new("doas", "alpine", "cp bin/busybox usr/bin/doas", "BI2017", "/usr/bin/doas"),
        new("an ssh server", "debian", "cp bin/true usr/sbin/sshd", "BI2018", "/usr/sbin/sshd"),
        new("dropbear", "alpine", "cp bin/busybox usr/sbin/dropbear", "BI2018", "/usr/sbin/dropbear"),
        new("an ssh host key", "debian", "mkdir -p etc/ssh && ssh-keygen -q -t ed25519 -N '' -f etc/ssh/ssh_host_ed25519_key", "BI2019", "/etc/ssh/ssh_host_ed25519_key"),
        new("somebody's key to log in with", "debian", "mkdir -p -m 700 root/.ssh && ssh-keygen -q -t ed25519 -N '' -f key.tmp && mv key.tmp.pub root/.ssh/authorized_keys && rm key.tmp", "BI2020", "/root/.ssh/authorized_keys"),
        new("hosts that are trusted", "debian", "echo '+ +' > etc/hosts.equiv", "BI2021", "/etc/hosts.equiv"),
        new("a user's rhosts", "alpine", "echo '+' > root/.rhosts", "BI2021", "/root/.rhosts"),
        new("files of nobody known", "debian", "mkdir -p srv/data && touch srv/data/a && chown 4711:4711 srv/data/a", "BI2025", "/srv/data/a"),
        new("an id beyond 65535", "debian", "touch srv/far && chown 200000:200000 srv/far", "BI2052", "/srv/far"),
        new("a readable key in a home", "alpine", "mkdir -p root/.ssh && ssh-keygen -q -t ed25519 -N '' -f root/.ssh/id_ed25519 && chmod 644 root/.ssh/id_ed25519", "BI2053", "/root/.ssh/id_ed25519"),
    ];

    public static IReadOnlyList<CorpusRow> Innocent { get; } =
    [
        new("an account with uid 10", "debian", "useradd -R \"$PWD\" -r -u 10000 -M fine && usermod -R \"$PWD\" -L fine", "BI2010", "fine"),
        new("a locked account", "debian", "useradd -R \"$PWD\" -M locked", "BI2012", "locked"),
        new("a locked account's password", "debian", "useradd -R \"$PWD\" -M barred", "BI2013", "barred"),
        new("the comment field is empty", "alpine", "echo 'plain:x:1601:1601::/:/sbin/nologin' >> etc/passwd", "BI2015", "plain"),
        new("shadow as Debian has it", "debian", ":", "BI2014", "/etc/shadow"),
        new("an account that may sudo with its password", "debian", "mkdir -p etc/sudoers.d && echo '# NOPASSWD is not for us' > etc/sudoers.d/README", "BI2017", "/etc/sudoers.d/README"),
        new("an ssh client's settings", "debian", "mkdir -p etc/ssh/ssh_config.d && echo 'Host *' > etc/ssh/ssh_config", "BI2018", "/etc/ssh/ssh_config"),
        new("a host's public key", "debian", "mkdir -p etc/ssh && ssh-keygen -q -t ed25519 -N '' -f k.tmp && mv k.tmp.pub etc/ssh/ssh_host_ed25519_key.pub && rm k.tmp", "BI2019", "/etc/ssh/ssh_host_ed25519_key.pub"),
        new("an empty authorized_keys", "debian", "mkdir -p -m 700 root/.ssh && touch root/.ssh/authorized_keys", "BI2020", "/root/.ssh/authorized_keys"),
        new("known hosts", "alpine", "mkdir -p -m 700 root/.ssh && echo 'host ssh-ed25519 AAAA' > root/.ssh/known_hosts && chmod 644 root/.ssh/known_hosts", "BI2053", "/root/.ssh/known_hosts"),
        new("files of an account that is there", "debian", "mkdir -p srv/www && touch srv/www/a && chown 33:33 srv/www/a", "BI2025", "/srv/www/a"),
    ];
}
