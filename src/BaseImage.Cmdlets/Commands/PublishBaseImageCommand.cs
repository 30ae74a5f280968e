using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Publish-BaseImage: pushes images to a registry, the tags last.</summary>
[Cmdlet(VerbsData.Publish, "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class PublishBaseImageCommand : SigningCmdlet
{
    /// <summary>The repository, as <c>docker://HOST/NAME</c>; a tag may stand behind a colon.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>
    /// Tags to give it, beside that of the destination; those that an image of the pipeline brings along where none is given, and
    /// <c>latest</c> where there are none at all.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tags")]
    [AllowEmptyCollection]
    public string[] Tag { get; set; } = [];

    /// <summary>The one platform to push; all that the image has where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>Tags that may be moved though they lead to another image, with * and ?; beside <c>latest</c> and what the settings name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] MovableTag { get; set; } = [];

    /// <summary>Moves every tag, whatever it leads to.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The forms of the signature: Notation (JWS), NotationCose, Cms, Cosign (under a tag), CosignBundle; several at once.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public SignatureFormat[] SignatureFormat { get; set; } = [BaseImage.SignatureFormat.Notation];

    /// <summary>Puts signed bills of materials beside it, in these formats.</summary>
    [Parameter]
    public SbomFormat[] Sbom { get; set; } = [];

    /// <summary>Puts a signed statement beside it of how it was built (SLSA provenance): the definition that it was built from, whose lock lies beside it.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Definition { get; set; }

    /// <summary>Puts a signed statement beside it of how it was built (SLSA provenance): the Dockerfile, or its folder, that Build-BaseImage built it from. The image's labels and history have to fit it.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Dockerfile { get; set; }

    /// <summary>With -Dockerfile the folder of the context; that of the settings file, else the Dockerfile's own, where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>With -Dockerfile the settings file; Dockerfile.build.psd1 or Dockerfile.build.json beside it where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? SettingsPath { get; set; }

    /// <summary>With -Dockerfile the stage that was built; the last where none is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>Who built it: a URI that verifiers compare to the letter. Needed with -Definition and -Dockerfile.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string BuilderId { get; set; } = "";

    /// <summary>The repository that the definition or the Dockerfile is kept in: a URI.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>Its commit there.</summary>
    [Parameter]
    [ValidatePattern("^[0-9a-f]{40}([0-9a-f]{24})?$")]
    public string Revision { get; set; } = "";

    /// <summary>A timestamp authority (RFC 3161, over http or https) that vouches for when signatures of Notation's and CMS's forms were made, with -TimestampCertificate.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? TimestampUrl { get; set; }

    /// <summary>Files of certificates of timestamp authorities that are trusted.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] TimestampCertificate { get; set; } = [];

    /// <inheritdoc/>
    private protected override RegistryAccess Access => base.Access with { MovableTags = MovableTag, Force = Force };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] tags = RegistryLogins.Tags(Tag);
        SigningKeySource? key = null;
        BuiltFrom? built = null;
        if (!Try(KeyPath ?? Thumbprint ?? Destination, () => (key, built) = (Key(), BuiltFrom.Of(Paths, Destination, Definition, null, Dockerfile, Context, SettingsPath, Target))))
        {
            return;
        }

        ForEachImage(async (engine, reference, work) =>
        {
            // What the destination's own tag is added to; a destination that is none is told by the engine.
            string[] names = ImageReference.TryParse(Destination, out ImageReference? to) ? [.. new[] { to.Tag }.Where(tag => tag.Length > 0).Concat(tags).DefaultIfEmpty("latest").Distinct(StringComparer.Ordinal)] : tags;
            PublishRequest request = new() { Reference = reference, Destination = Destination, Tags = tags, Platform = Platform };
            if (await work.ShouldProcessAsync(Destination, $"Push {reference}{(names.Length == 0 ? "" : $" as {string.Join(", ", names)}")}{(key is null ? "" : $", signed by '{key}'")}"))
            {
                request = request with { Proof = key is null ? null : await ProofAsync(engine, key, built, work) };
                await work.WriteAsync(await engine.Publisher.PublishAsync(request, work, work.Stop));
            }
        });
    }

    private async Task<PublishingProof> ProofAsync(IBaseImageEngine engine, SigningKeySource key, BuiltFrom? built, PipelineWork work)
    {
        return new PublishingProof
        {
            Key = key,
            Formats = [.. SignatureFormat.Distinct()],
            TimestampUrl = TimestampUrl,
            TimestampCertificatePaths = [.. TimestampCertificate.SelectMany(Paths.Existing)],
            Sboms = [.. Sbom.Distinct()],
            Provenance = built is null ? null : await built.ReadAsync(engine, BuilderId, Source, Revision, work.Stop),
        };
    }

    private SigningKeySource? Key()
    {
        if (Keys == 0)
        {
            return Sbom.Length == 0 && Definition is null && Dockerfile is null ? null
                : throw new PublishingKeyMissingException(Destination, "-Sbom, -Definition and -Dockerfile are signed statements, and no key is named", "Name one with -KeyPath, -Thumbprint or -Certificate.");
        }

        if (Keys > 1)
        {
            throw new PublishingKeyMissingException(Destination, "several keys are named", "Name one with -KeyPath, -Thumbprint or -Certificate.");
        }

        if ((Definition ?? Dockerfile) is not null && BuilderId.Length == 0)
        {
            throw new PublishingKeyMissingException(Destination, $"{(Definition is null ? "-Dockerfile" : "-Definition")} states who built the image, and nobody is named", "Name the builder with -BuilderId, as https://ci.example.com/base-images.");
        }

        return NamedKey();
    }
}
