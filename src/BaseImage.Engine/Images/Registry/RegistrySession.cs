using System.Collections.Concurrent;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>The way to the registries that a command means.</summary>
/// <param name="access">What the command says of them.</param>
/// <param name="dataFiles">Reads baseimage.config.psd1; null to leave it out.</param>
/// <param name="paths">Where that is.</param>
/// <param name="cache">Where layers are kept that are looked into; opened when needed.</param>
internal sealed class RegistryImages(RegistryAccess access, IReadDataFile? dataFiles, Func<BaseImagePaths> paths, Func<ContentCache> cache)
{
    /// <summary>How patient to be.</summary>
    internal RegistryOptions Options { get; init; } = new();

    /// <summary>What of this machine counts; null for what its environment says now.</summary>
    internal RegistryEnvironment? Environment { get; init; }

    /// <summary>What the command says.</summary>
    internal RegistryAccess Access => access;

    /// <summary>The same way, as somebody else.</summary>
    internal RegistryImages As(RegistryLogin? login) => new(access with { Login = login }, dataFiles, paths, cache) { Options = Options, Environment = Environment };

    /// <summary>Opens the way: connections, and the tokens that they are given, last until it is disposed of.</summary>
    internal RegistrySession Open() => new(access, new RegistrySettingsReader(dataFiles, paths().ConfigFiles), Environment ?? RegistryEnvironment.Current(), Options);

    /// <summary>The digest that a tag leads to now.</summary>
    /// <exception cref="Errors.ImageNotFoundException">There is none.</exception>
    internal async Task<Digest> FindAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        RegistryArtifactStore store = new(Open(), reference);
        await using (store.ConfigureAwait(false))
        {
            return (await store.FindSubjectAsync(cancellationToken).ConfigureAwait(false)).Digest;
        }
    }

    /// <summary>Opens the image that a reference names.</summary>
    internal IImageSource OpenSource(ImageReference reference) => new RegistrySource(Open(), reference, cache);

    /// <summary>A repository as a destination.</summary>
    internal IImageDestination Destination(ImageReference reference) => new RegistryDestination(this, reference);

    /// <summary>What lies beside an image.</summary>
    internal IArtifactStore OpenArtifacts(ImageReference reference) => new RegistryArtifactStore(Open(), reference);
}

/// <summary>Connections to registries and their mirrors, one a repository, for as long as a piece of work lasts.</summary>
internal sealed class RegistrySession : IDisposable
{
    private readonly RegistryAccess _access;
    private readonly RegistrySettingsReader _settings;
    private readonly RegistryCredentials _credentials;
    private readonly RegistryHttp _http;
    private readonly ConcurrentDictionary<(string Root, string Repository), Lazy<RegistryClient>> _clients = new();

    /// <summary>Makes one; nothing is sent before it is needed.</summary>
    internal RegistrySession(RegistryAccess access, RegistrySettingsReader settings, RegistryEnvironment environment, RegistryOptions options)
    {
        (_access, _settings) = (access, settings);
        _credentials = RegistryCredentials.Of(access.Login, environment);
        _http = new RegistryHttp(settings, environment, options);
    }

    /// <summary>How patient it is.</summary>
    internal RegistryOptions Options => _http.Options;

    /// <summary>A repository of the registry itself.</summary>
    internal RegistryClient Client(RegistryName name) => Client(name, name, null);

    /// <summary>A repository, to read from: its mirrors first, the registry itself last.</summary>
    internal IReadOnlyList<RegistryClient> Readers(RegistryName name)
        => [.. _settings.For(name.Host).Mirrors.Select(mirror => Client(name, new RegistryName(mirror.Authority, $"{mirror.AbsolutePath.Trim('/')}/{name.Repository}".TrimStart('/')), mirror)), Client(name)];

    /// <summary>True of a tag that may be moved: by its name, or because the command says so.</summary>
    internal bool MayMove(RegistryName name, string tag)
        => _access.Force || tag == "latest" || _access.MovableTags.Concat(_settings.For(name.Host).MovableTags).Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<RegistryClient> client in _clients.Values.Where(client => client.IsValueCreated))
        {
            client.Value.Connection.Dispose();
        }

        _http.Dispose();
    }

    private RegistryClient Client(RegistryName asked, RegistryName name, Uri? mirror)
        => _clients.GetOrAdd((mirror?.GetLeftPart(UriPartial.Authority) ?? name.Host, name.Repository), key => new Lazy<RegistryClient>(() => new RegistryClient(
            new RegistryConnection(name.Host, name.ApiHost, mirror is null ? null : new Uri(mirror.GetLeftPart(UriPartial.Authority)), _http, token => CredentialAsync(asked, name, token)), name))).Value;

    // What the command line gives is for the registry that was named, and not for whoever mirrors it.
    private Task<RegistryCredential?> CredentialAsync(RegistryName asked, RegistryName name, CancellationToken cancellationToken)
        => (asked == name ? _credentials : _credentials.WithoutLogin).FindAsync(name, cancellationToken);
}
