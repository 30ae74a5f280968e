using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6062: no secrets by name in ARG and ENV.</summary>
internal sealed class SecretNames : DockerfileRule
{
    private static readonly string[] Parts = ["API_KEY", "CLIENT_KEY", "PASSWORD", "SECRET", "TOKEN"];

    // A file, an address or a switch is where a secret is, or how it is used.
    private static readonly string[] Pointers = ["_FILE", "_PATH", "_URL", "_DIR", "_ID", "_NAME", "_TTL", "_LENGTH", "_TYPE", "_ENABLED"];

    private static readonly HashSet<string> Strong = new(
        ["APPLICATION_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "VAULT_CLIENT_KEY", "TRAVIS_SECURE_ENV_VARS"], StringComparer.Ordinal);

    private static readonly HashSet<string> Weak = new(
        ["CI_DEPLOY_USER", "DOCKER_EMAIL", "FACEBOOK_APP_ID", "HEROKU_API_USER", "OKTA_AUTHN_GROUPID", "OKTA_CLIENT_ORGURL", "OKTA_OAUTH2_CLIENTID", "STRIPE_DEVICE_NAME", "TRAVIS_OS_NAME", "TRAVIS_SUDO"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6062",
        Title = "No secrets by name in ARG and ENV",
        Severity = Severity.Medium,
        Category = "Secrets",
        Rationale = "Build arguments are kept in the history and variables in the configuration, for everybody who can pull the image. A name that says secret, "
            + "token or password means that one is to be there, today or as soon as somebody sets it. Names of users count less.",
        Remediation = "Mount it: RUN --mount=type=secret,id=name; give it to the container at run time.",
        References = ["CIS Docker Benchmark 4.10", "BuildKit, SecretsUsedInArgOrEnv"],
        Equivalent = ["hadolint:DL3064", "cis-docker:4.10", "buildkit:SecretsUsedInArgOrEnv"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "ARG" or "ENV"))
        {
            foreach (DockerfilePair pair in instruction.Pairs)
            {
                string upper = pair.Name.ToUpperInvariant();
                if (Strong.Contains(upper) || Parts.Any(part => upper.Contains(part, StringComparison.Ordinal)))
                {
                    bool points = Pointers.Any(end => upper.EndsWith(end, StringComparison.Ordinal));
                    yield return At(instruction, $"{instruction.Name} {pair.Name} is to hold a secret.", points ? Severity.Low : null);
                }
                else if (Weak.Contains(upper) || upper.Contains("USERNAME", StringComparison.Ordinal) || upper.Contains("PRIVATE", StringComparison.Ordinal))
                {
                    yield return At(instruction, $"{instruction.Name} {pair.Name} may hold what is not for everybody.", Severity.Low);
                }
            }
        }
    }
}
