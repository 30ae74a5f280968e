using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>New-BaseImageProject: a definition from a template, with what a project around it needs.</summary>
[Cmdlet(VerbsCommon.New, "BaseImageProject", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewBaseImageProjectCommand : AsyncCmdlet
{
    /// <summary>The image's name; the project's folder is named after it where -Path is not given.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The template to start from.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    [ValidateNotNullOrEmpty]
    public string Template { get; set; } = "static";

    /// <summary>The project's folder; made where it is missing.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The distribution's code name; the template's own where it is not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SuiteCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Suite { get; set; }

    /// <summary>Overwrites files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Name, async work =>
    {
        string folder = Paths.Full(Path ?? System.IO.Path.Combine(".", Name.Split('/')[^1]));
        if (await work.ShouldProcessAsync(folder, $"Create the project {Name} from the template {Template}"))
        {
            foreach (string file in await Engine.Projects.CreateAsync(new ScaffoldRequest(Template, Name, folder, Suite, Force), work.Stop))
            {
                await work.WriteAsync(new FileInfo(file));
            }
        }
    });
}
