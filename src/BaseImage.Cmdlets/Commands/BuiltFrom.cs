using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>What an image was built from, as parameters name it: a definition with its lock, or a Dockerfile.</summary>
/// <param name="DefinitionPath">The definition; null for a Dockerfile.</param>
/// <param name="LockPath">Its lock.</param>
/// <param name="Build">The Dockerfile's build; null for a definition.</param>
internal sealed record BuiltFrom(string? DefinitionPath, string? LockPath, DockerfileBuildRequest? Build)
{
    /// <summary>Finds the files; null where neither is named.</summary>
    /// <exception cref="BaseImageException">Both are named, or one leads to nothing or to several.</exception>
    internal static BuiltFrom? Of(SessionPaths paths, string target, string? definition, string? lockPath, string? dockerfile, string? context, string? settings, string? stage)
    {
        if (definition is not null && dockerfile is not null)
        {
            throw new AttestationNotPossibleException(target, "an image was built from a definition or from a Dockerfile", "Give one of -Definition and -Dockerfile.");
        }

        if (dockerfile is not null)
        {
            return new BuiltFrom(null, null, new DockerfileBuildRequest
            {
                Path = DockerfileFiles.One(paths.Existing(dockerfile)[0]),
                Context = context is null ? null : paths.Existing(context)[0],
                SettingsPath = settings is null ? null : paths.Existing(settings)[0],
                Target = stage,
            });
        }

        if (definition is null)
        {
            return null;
        }

        string found = One(DefinitionFiles.Definitions(paths.Existing(definition)[0], recurse: false), target);
        return new BuiltFrom(found, lockPath is null ? null : One(DefinitionFiles.Locks(paths.Existing(lockPath)[0], recurse: false), target), null);
    }

    /// <summary>Reads the files into what is stated.</summary>
    internal async Task<ProvenanceRequest> ReadAsync(IBaseImageEngine engine, string builder, string source, string revision, CancellationToken cancellationToken)
    {
        if (Build is not null)
        {
            return new DockerfileProvenance { Build = Build, BuilderId = builder, Source = source, Revision = revision };
        }

        ImageDefinition definition = await engine.Definitions.ReadAsync(DefinitionPath!, cancellationToken);
        return new DefinitionProvenance { Definition = definition, Lock = await engine.Locks.ReadAsync(LockPath ?? definition.LockPath, cancellationToken), BuilderId = builder, Source = source, Revision = revision };
    }

    private static string One(IReadOnlyList<string> found, string target)
        => found.Count == 1 ? found[0] : throw new AttestationNotPossibleException(target, $"the folder holds {found.Count} of them", "Name one file.");
}
