using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that start from definitions or locks on disk.</summary>
public abstract class DefinitionCmdlet : AsyncCmdlet
{
    /// <summary>Definitions, locks or folders of them; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public virtual string[] Path { get; set; } = ["."];

    /// <summary>Does something with each definition that the paths lead to.</summary>
    private protected void ForEachDefinition(bool recurse, Func<string, PipelineWork, Task> body)
        => ForEach(path => DefinitionFiles.Definitions(path, recurse), body);

    /// <summary>Does something with each lock that the paths lead to.</summary>
    private protected void ForEachLock(bool recurse, Func<string, PipelineWork, Task> body)
        => ForEach(path => DefinitionFiles.Locks(path, recurse), body);

    private void ForEach(Func<string, IReadOnlyList<string>> find, Func<string, PipelineWork, Task> body)
    {
        foreach (string item in Path)
        {
            List<string> files = [];
            if (Try(item, () => files.AddRange(Paths.Existing(item).SelectMany(find).Distinct(StringComparer.Ordinal))))
            {
                foreach (string file in files)
                {
                    Run(file, work => body(file, work));
                }
            }
        }
    }
}
