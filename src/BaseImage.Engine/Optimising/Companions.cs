using System.Text.RegularExpressions;

namespace BaseImage.Engine.Optimising;

/// <summary>What programs and libraries load by names that stand nowhere in them: modules, plug-ins and their data.</summary>
internal static partial class Companions
{
    private static readonly (Regex Name, string[] Paths)[] Table =
    [
        (new(@"^lib(crypto|ssl)\.so", Options), ["/etc/ssl/**", "/usr/lib/ssl/certs", "/usr/lib/ssl/cert.pem", "/usr/lib/ssl/openssl.cnf", "/usr/lib/ssl/private", "/usr/lib/**/ossl-modules/**", "/usr/lib/**/engines-*/**", "/usr/share/ca-certificates/**"]),
        (new(@"^libgnutls\.so", Options), ["/etc/ssl/certs/**", "/etc/gnutls/**"]),
        (new(@"^libpam\.so", Options), ["/etc/pam.d/**", "/etc/pam.conf", "/etc/security/**", "/lib/**/security/*.so", "/usr/lib/**/security/*.so", "/usr/sbin/unix_chkpwd"]),
        (new(@"^libkrb5\.so", Options), ["/usr/lib/*/krb5/**"]),
        (new(@"^libsasl2\.so", Options), ["/usr/lib/*/sasl2/**"]),
        (new(@"^libmagic\.so", Options), ["/usr/lib/file/**", "/usr/share/misc/magic*"]),
        (new(@"^lib(ncursesw?|tinfo|readline)\.so", Options), ["/lib/terminfo/**", "/usr/lib/terminfo/**", "/usr/share/terminfo/**", "/etc/terminfo/**"]),
        (new(@"^libfontconfig\.so", Options), ["/usr/share/fonts/**", "/usr/share/fontconfig/**", "/etc/fonts/**"]),
        (new(@"^libgio-2\.0\.so", Options), ["/usr/lib/*/gio/modules/**", "/usr/share/glib-2.0/schemas/**", "/usr/share/mime/**"]),
        (new(@"^libgdk_pixbuf-2\.0\.so", Options), ["/usr/lib/*/gdk-pixbuf-2.0/**"]),
        (new(@"^libMagickCore", Options), ["/usr/lib/*/ImageMagick-*/**", "/etc/ImageMagick-*/**"]),
        (new(@"^libgstreamer-1\.0\.so", Options), ["/usr/lib/*/gstreamer-1.0/**", "/usr/lib/*/gstreamer1.0/**"]),
        (new(@"^libp11-kit\.so", Options), ["/usr/lib/*/pkcs11/**", "/usr/share/p11-kit/**"]),
        (new(@"^libproj\.so", Options), ["/usr/share/proj/**"]),
        (new(@"^libodbc\.so", Options), ["/usr/lib/*/odbc/**", "/etc/odbc*"]),
        (new(@"^python[23](\.\d+)?$", Options), ["/usr/lib/python*/**", "/usr/lib/pypy*/**", "/usr/share/python-wheels/**", "/usr/lib/*/python*/**"]),
        (new(@"^perl\d*(\.\d+)*(-.*)?$", Options), ["/usr/share/perl/**", "/usr/share/perl5/**", "/usr/lib/*/perl/**", "/usr/lib/*/perl5/**", "/usr/lib/*/perl-base/**", "/etc/perl/**"]),
        (new(@"^node(js)?$", Options), ["/usr/lib/node_modules/**", "/usr/lib/nodejs/**", "/usr/share/nodejs/**", "/usr/share/node_modules/**", "/usr/lib/*/nodejs/**"]),
        (new(@"^ruby(\d+(\.\d+)*)?$", Options), ["/usr/lib/ruby/**", "/usr/lib/*/ruby/**", "/var/lib/gems/**", "/usr/share/rubygems-integration/**"]),
        (new(@"^java$", Options), ["/usr/lib/jvm/**", "/usr/share/java/**", "/etc/java*/**"]),
        (new(@"^php(\d+(\.\d+)*)?(-fpm|-cgi)?$|^php-fpm", Options), ["/usr/lib/php/**", "/usr/share/php/**", "/etc/php/**"]),
        (new(@"^lua(jit)?(\d+(\.\d+)*)?$", Options), ["/usr/share/lua/**", "/usr/lib/*/lua/**"]),
        (new(@"^tclsh", Options), ["/usr/share/tcltk/**", "/usr/lib/tcltk/**"]),
        (new(@"^dotnet$", Options), ["/usr/share/dotnet/**", "/usr/lib/dotnet/**"]),
        (new(@"^git$", Options), ["/usr/lib/git-core/**", "/usr/share/git-core/**"]),
        (new(@"^nginx$", Options), ["/usr/lib/nginx/**", "/usr/share/nginx/**", "/etc/nginx/**"]),
        (new(@"^apache2$", Options), ["/usr/lib/apache2/**", "/usr/share/apache2/**", "/etc/apache2/**"]),
    ];

    // .NET puts the version behind the name when it runs.
    private static readonly string[] Stems = ["libicuuc.so", "libicui18n.so", "libicudata.so", "libssl.so", "libcrypto.so", "libgssapi_krb5.so"];

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>The patterns of what a file of that name loads; none for most.</summary>
    public static IEnumerable<string> Of(string name) => Table.Where(row => row.Name.IsMatch(name)).SelectMany(row => row.Paths);

    /// <summary>True for a program that carries out what others write, and so needs what its package needs.</summary>
    public static bool IsInterpreter(string name) => InterpreterName().IsMatch(name);

    /// <summary>True where a name without a version means every version.</summary>
    public static bool IsStem(string name) => Stems.Contains(name, StringComparer.Ordinal);

    [GeneratedRegex(@"^(python[23]|perl|node|ruby|java$|php|lua|tclsh|dotnet$|guile|R$|pypy)", Options)]
    private static partial Regex InterpreterName();
}
