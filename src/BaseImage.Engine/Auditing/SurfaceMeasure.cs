using System.Runtime.CompilerServices;
using System.Text;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>
/// Counts what an attacker finds, from the facts that rules judge. What a rule finds is counted as the rule finds it, so
/// that a number and the audit never disagree.
/// </summary>
internal sealed class SurfaceMeasure(IFactsSource source, RuleCatalogue catalogue) : IMeasureImage
{
    private const int AnyExecute = 0x49;

    // passwd(5): an empty shell means /bin/sh.
    private const string DefaultShell = "/bin/sh";

    // Names of programs that refuse a login, wherever they lie.
    private static readonly HashSet<string> Refusing = new(["nologin", "false", "true", "sync"], StringComparer.Ordinal);

    private static readonly string[] Unread = ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/var/lib/pacman/local"];

    /// <inheritdoc/>
    public async IAsyncEnumerable<AttackSurface> MeasureAsync(string reference, Platform? platform, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IFactsSession session = await source.OpenAsync(reference, platform, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            foreach (PendingFacts item in session.Items)
            {
                ImageFacts facts = await item.ReadAsync(item.Platform.Os != "windows", cancellationToken).ConfigureAwait(false);
                yield return await Task.Run(() => Measure(facts, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Counts.</summary>
    internal AttackSurface Measure(ImageFacts facts, CancellationToken cancellationToken)
    {
        AttackSurface surface = new()
        {
            Image = facts.Image,
            Platform = facts.Platform,
            Digest = facts.Digest,
            Ports = facts.Config.ExposedPorts,
            User = facts.Config.User,
        };
        if (facts.Files is not { } files)
        {
            return surface;
        }

        ImageFile[] regular = [.. files.All.Where(file => file.Kind is ImageFileKind.File or ImageFileKind.HardLink)];
        return surface with
        {
            Size = regular.Where(file => file.Kind is ImageFileKind.File).Sum(file => file.Size),
            HiddenSize = files.Use.Wasted,
            Files = regular.Length,
            Packages = Packages(files),
            Executables = regular.Count(file => IsExecutable(files, file)),
            SetIdPaths = Paths("BI2001", facts, cancellationToken),
            CapabilityPaths = Paths("BI2002", facts, cancellationToken),
            WorldWritablePaths = Paths("BI2003", facts, cancellationToken),
            ShellPaths = Paths("BI2004", facts, cancellationToken),
            InterpreterPaths = Paths("BI3004", facts, cancellationToken),
            UnusedLibraryPaths = Paths("BI2091", facts, cancellationToken),
            LoginAccountNames = [.. Logins(files).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    // A database that this version does not read must not look like none.
    private static int? Packages(FileFacts files)
        => files.ListPackages().Count is var count and > 0 ? count
            : Unread.Any(path => files.Resolve(path) is not null) ? null : 0;

    // Null where the rule cannot say anything of this image, for so is the number.
    private IReadOnlyList<string>? Paths(string id, ImageFacts facts, CancellationToken cancellationToken)
        => catalogue.Evaluated.FirstOrDefault(rule => rule.Describe.Id == id)?.Evaluate(facts, cancellationToken) is { IsSkipped: false } outcome
            ? [.. outcome.Findings.Select(finding => finding.Path).Where(path => path.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : null;

    private static bool IsExecutable(FileFacts files, ImageFile file)
        => (file.Mode & AnyExecute) != 0 && files.Content(file) is { Program: not ProgramKind.None } content && (content.Elf is null || content.Elf.IsProgram);

    private static IEnumerable<string> Logins(FileFacts files)
    {
        foreach (string line in Encoding.UTF8.GetString(files.Read("/etc/passwd").Span).Split('\n').Take(100_000))
        {
            string[] fields = line.Trim().Split(':');
            string shell = fields.Length > 6 && fields[6].Trim().Length > 0 ? fields[6].Trim() : DefaultShell;
            if (fields.Length > 1 && !Refusing.Contains(shell[(shell.LastIndexOf('/') + 1)..]) && files.Resolve(shell) is not null)
            {
                yield return SafeText.Of(fields[0]);
            }
        }
    }
}
