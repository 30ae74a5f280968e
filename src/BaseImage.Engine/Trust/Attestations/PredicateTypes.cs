using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>Kinds of statements. Sources: SLSA provenance 1.0; in-toto attestation framework, predicates spdx and cyclonedx.</summary>
internal static class PredicateTypes
{
    internal const string Provenance = PredicateKind.Provenance;
    internal const string Spdx = PredicateKind.Spdx;
    internal const string CycloneDx = PredicateKind.CycloneDx;

    /// <summary>How the module builds from a definition; docs/attestations.md has its parameters.</summary>
    internal const string DefinitionBuild = "urn:baseimage:build:definition:v1";

    /// <summary>How container engines build from a Dockerfile for the module; docs/attestations.md has its parameters.</summary>
    internal const string DockerfileBuild = "urn:baseimage:build:dockerfile:v1";

    /// <summary>The kind of a bill of materials.</summary>
    internal static string Of(SbomFormat format) => format == SbomFormat.Spdx ? Spdx : CycloneDx;

    /// <summary>True of an absolute URI of printable characters.</summary>
    internal static bool IsUri(string text)
        => text.Length is > 0 and <= 2_000 && text.All(c => c is > ' ' and <= '~') && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme.Length > 0;
}
