namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// Does, without running anything, what maintainer scripts would have done, and what the definition adds and removes.
/// There is no linker cache: the dynamic loader finds its own directories (/lib/TRIPLET, /usr/lib/TRIPLET, /lib,
/// /usr/lib) without one, and a cache would name the machine's hardware capabilities.
/// </summary>
internal static class Synthesizer
{
    /// <summary>Makes the image's file system of its packages.</summary>
    /// <param name="tree">The packages, laid over one another.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="files">The definition's files.</param>
    /// <param name="architectures">Each package's architecture, in the packages' order.</param>
    public static void Complete(ImageTree tree, ImageDefinition definition, DefinitionFiles files, IReadOnlyList<string> architectures)
    {
        if (!tree.HasBase)
        {
            BaseDirectories.Add(tree);
        }

        BaseFilesScript.Run(tree);
        BashScript.Run(tree);
        PythonScript.Run(tree);
        BusyBoxLinks.Run(tree);
        AccountTables.Write(tree, definition.Accounts);
        if (!tree.HasBase)
        {
            OsRelease.Add(tree, definition.From);
        }

        TimeZones.Run(tree);
        NameServices.Add(tree);
        LoginShells.Write(tree);
        Alternatives.Install(tree, definition.Alternatives);

        // Removed first and last: what is read to make something must be gone by then, and what is made may be unwanted.
        // The definition's files come last each time, since they are asked for by name.
        Removals removals = new(definition.Remove);
        tree.Remove(removals);
        files.AddTo(tree);
        CertificateBundle.Write(tree);
        StatusDirectory.Write(tree, architectures);
        tree.Remove(removals);
        files.AddTo(tree);
        tree.AddMissingParents();
    }
}
