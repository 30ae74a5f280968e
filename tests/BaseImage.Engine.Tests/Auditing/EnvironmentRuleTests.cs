using static BaseImage.Engine.Tests.Auditing.RuleAssert;

namespace BaseImage.Engine.Tests.Auditing;

public class EnvironmentRuleTests
{
    [Fact, Fires("BI1017"), Quiet("BI1017")]
    public void Libraries_are_not_preloaded()
    {
        Fails("BI1017", Env("LD_PRELOAD=/opt/hook.so"), severity: Severity.Medium);
        Fails("BI1017", Env("LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"), severity: Severity.Low);
        Quiet("BI1017", Env("LD_PRELOAD=", "PRELOAD=/x"));
    }

    [Fact, Fires("BI1018"), Quiet("BI1018")]
    public void Libraries_come_from_safe_folders()
    {
        Fails("BI1018", Env("LD_LIBRARY_PATH=/opt/lib:"));
        Fails("BI1018", Env("LD_LIBRARY_PATH=lib:/opt/lib"));
        Fails("BI1018", Env("LD_LIBRARY_PATH=/srv/lib").Directory("/srv/lib", uid: 65532), "/srv/lib");
        Notes("BI1018", Env("LD_LIBRARY_PATH=/opt/lib").Directory("/opt/lib"));
        Quiet("BI1018", Env("PATH=/bin"));
    }

    [Fact, Fires("BI1019"), Quiet("BI1019")]
    public void Path_is_absolute()
    {
        foreach (string path in new[] { ".:/bin", "/bin:", ":/bin", "/bin::/usr/bin", "bin", "", "/bin:./tools" })
        {
            Fails("BI1019", Env("PATH=" + path));
        }

        Notes("BI1019", Env("A=b"));
        Quiet("BI1019", Env("PATH=/usr/local/bin:/usr/bin:/bin"));
    }

    [Fact, Fires("BI1020"), Quiet("BI1020")]
    public void Path_is_roots_alone()
    {
        Fails("BI1020", Env("PATH=/opt/bin").Directory("/opt/bin", 0x1FF), "/opt/bin", Severity.Medium);
        Fails("BI1020", Env("PATH=/home/app/.local/bin").Directory("/home/app/.local/bin", uid: 65532), "/home/app/.local/bin", Severity.Low);
        Fails("BI1020", Env("PATH=/home/app/bin").Directory("/home/app", uid: 65532), "/home/app/bin", Severity.Low);
        Quiet("BI1020", Env("PATH=/usr/bin:/opt/none").Directory("/usr/bin").Directory("/opt"));
        Quiet("BI1020", Config(config => config with { User = "0", Env = ["PATH=/opt/bin"] }).Directory("/opt/bin"));
    }

    [Theory, Fires("BI1021")]
    [InlineData("BASH_ENV=/etc/x")]
    [InlineData("ENV=/etc/x")]
    [InlineData("NODE_OPTIONS=-r /x.js")]
    [InlineData("NODE_OPTIONS=--import=/x.mjs")]
    [InlineData("PYTHONPATH=lib")]
    [InlineData("PYTHONPATH=:/opt/lib")]
    [InlineData("PERL5LIB=lib")]
    [InlineData("PERL5OPT=-MEvil")]
    [InlineData("RUBYOPT=-rx")]
    [InlineData("PYTHONSTARTUP=/x.py")]
    [InlineData("DOTNET_STARTUP_HOOKS=/x.dll")]
    public void Interpreters_load_nothing(string variable) => Fails("BI1021", Env(variable));

    [Theory, Quiet("BI1021")]
    [InlineData("NODE_OPTIONS=--max-old-space-size=256")]
    [InlineData("PYTHONPATH=/opt/lib")]
    [InlineData("PYTHONUNBUFFERED=1")]
    [InlineData("LUA_PATH=/usr/share/lua/?.lua;;")]
    [InlineData("RUBYOPT=-W0")]
    [InlineData("ENVIRONMENT=prod")]
    public void Ordinary_settings_of_interpreters_are_left_alone(string variable) => Quiet("BI1021", Env(variable));

    [Fact, Fires("BI1022"), Quiet("BI1022")]
    public void Proxies_are_not_left()
    {
        AuditResult row = Fails("BI1022", Env("HTTP_PROXY=http://me:verysecret@proxy.corp:3128"));
        Assert.DoesNotContain("verysecret", row.Message + string.Concat(row.Findings), StringComparison.Ordinal);
        Fails("BI1022", Env("https_proxy=proxy:3128"));
        Quiet("BI1022", Env("HTTP_PROXY=", "NO_PROXY=localhost"));
    }

    [Theory, Fires("BI1023")]
    [InlineData("NODE_TLS_REJECT_UNAUTHORIZED=0")]
    [InlineData("PYTHONHTTPSVERIFY=0")]
    [InlineData("GIT_SSL_NO_VERIFY=1")]
    [InlineData("npm_config_strict_ssl=false")]
    [InlineData("REQUESTS_CA_BUNDLE=")]
    [InlineData("VAULT_SKIP_VERIFY=true")]
    [InlineData("PIP_TRUSTED_HOST=pypi.org")]
    public void Certificates_are_verified(string variable) => Fails("BI1023", Env(variable));

    [Theory, Quiet("BI1023")]
    [InlineData("NODE_TLS_REJECT_UNAUTHORIZED=1")]
    [InlineData("GIT_SSL_NO_VERIFY=")]
    [InlineData("GIT_SSL_NO_VERIFY=0")]
    [InlineData("REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt")]
    [InlineData("VAULT_SKIP_VERIFY=false")]
    [InlineData("SSL_NO_VERIFY_DOC=1")]
    public void Verification_that_is_on_is_left_alone(string variable) => Quiet("BI1023", Env(variable));

    [Fact, Fires("BI1024"), Quiet("BI1024")]
    public void Production_is_the_default()
    {
        Fails("BI1024", Env("NODE_ENV=development"));
        Fails("BI1024", Env("FLASK_DEBUG=true"));
        Fails("BI1024", Env("ASPNETCORE_ENVIRONMENT=Development"));
        Quiet("BI1024", Env("NODE_ENV=production", "DEBUG=", "APP_DEBUG=0", "OTHER=development"));
    }

    [Fact, Fires("BI1025"), Quiet("BI1025")]
    public void Settings_of_the_build_are_notes()
    {
        Notes("BI1025", Env("DEBIAN_FRONTEND=noninteractive"));
        Quiet("BI1025", Env("FRONTEND=x"));
    }

    [Fact, Fires("BI1027"), Quiet("BI1027")]
    public void The_locale_is_there()
    {
        Fails("BI1027", Env("LANG=de_DE.UTF-8"));
        Notes("BI1027", Env("A=b"));
        Notes("BI1027", Env("LC_ALL=POSIX"));
        Quiet("BI1027", Env("LANG=C.utf8"));
        Quiet("BI1027", Env("LANG=de_DE.UTF-8").Directory("/usr/lib/locale/de_DE.utf8"));
        Quiet("BI1027", Env("LANG=en_US.UTF-8").File("/etc/alpine-release"));
        Quiet("BI1027", Env("LANG=en_US.UTF-8").File("/usr/lib/locale/locale-archive"));
    }

    [Fact, Fires("BI1028"), Quiet("BI1028")]
    public void The_time_zone_is_there()
    {
        Fails("BI1028", Env("TZ=Europe/Berlin"));
        Fails("BI1028", Env("A=b").Link("/etc/localtime", "/usr/share/zoneinfo/UTC"), "/etc/localtime");
        Notes("BI1028", Env("A=b"));
        Quiet("BI1028", Env("TZ=UTC"));
        Quiet("BI1028", Env("TZ=CET-1CEST,M3.5.0,M10.5.0/3"));
        Quiet("BI1028", Env("TZ=Europe/Berlin").File("/usr/share/zoneinfo/Europe/Berlin"));
    }

    [Fact, Fires("BI1042"), Quiet("BI1042")]
    public void No_engine_is_built_in()
    {
        Fails("BI1042", Env("DOCKER_HOST=tcp://10.0.0.1:2375"));
        Quiet("BI1042", Env("DOCKER_HOST=", "DOCKER_VERSION=20.10"));
    }

    [Fact, Fires("BI1044"), Quiet("BI1044")]
    public void No_debugger_listens()
    {
        Fails("BI1044", Env("JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"), severity: Severity.High);
        Fails("BI1044", Env("NODE_OPTIONS=--inspect"), severity: Severity.Medium);
        Fails("BI1044", Config(config => config with { Cmd = ["node", "--inspect=0.0.0.0:9229", "app.js"] }), severity: Severity.High);
        Fails("BI1044", Config(config => config with { Cmd = ["python3", "-m", "debugpy", "--listen", "0.0.0.0:5678", "app.py"] }));
        Quiet("BI1044", Env("JAVA_TOOL_OPTIONS=-Xmx256m", "NOTES=jdwp"));
        Quiet("BI1044", Config(config => config with { Cmd = ["node", "inspect.js"] }));
    }
}
