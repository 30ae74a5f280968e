using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Find-BaseImage: the repositories and tags of a registry.</summary>
[Cmdlet(VerbsCommon.Find, "BaseImage")]
[OutputType(typeof(ContainerImage))]
public sealed class FindBaseImageCommand : AsyncCmdlet
{
    /// <summary>
    /// Repositories, as <c>docker://HOST/NAME</c>, with * and ? for what may vary; HOST alone means all of them. A tag may stand
    /// behind a colon, with the same wildcards.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Tags to show, with * and ?; all where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Shows of each repository only the image that was made last, by the time that its configuration states.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>The user name and password for the registry, instead of what Docker's and Podman's settings have.</summary>
    [Parameter]
    [Credential]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string item in Name)
        {
            Run(item, async work =>
            {
                FindRequest request = new() { Pattern = item, Tags = Tag, Latest = Latest };
                IFindImages finder = Engine.With(new RegistryAccess { Login = RegistryLogins.Of(Credential) }).Finder;
                await foreach (ContainerImage image in finder.FindAsync(request, (reference, failure) => work.WriteErrorAsync(failure, reference), work, work.Stop))
                {
                    await work.WriteAsync(image);
                }
            });
        }
    }
}
