using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImageAttestation: what is stated about an image, unverified.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImageAttestation")]
[OutputType(typeof(ImageAttestation))]
public sealed class GetBaseImageAttestationCommand : ImageCmdlet
{
    private WildcardPattern[] _patterns = [];

    /// <summary>The kinds to list: Provenance, Spdx, CycloneDx, or URIs with wildcards. All where none is given.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(PredicateCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] PredicateType { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
        => _patterns = [.. PredicateType.Select(type => new WildcardPattern(PredicateKind.Resolve(type), WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachImage(async (engine, reference, work) =>
    {
        await foreach (ImageAttestation attestation in engine.Attestations.ReadAsync(reference, work.Stop))
        {
            if (_patterns.Length == 0 || Array.Exists(_patterns, pattern => pattern.IsMatch(attestation.PredicateType)))
            {
                await work.WriteAsync(attestation);
            }
        }
    });
}
