using System.Text;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>/etc/shells as debianutils' update-shells(8) makes it of its own list and of what packages add to it.</summary>
internal static class LoginShells
{
    /// <summary>Writes it, where debianutils is in the image.</summary>
    public static void Write(ImageTree tree)
    {
        if (tree.Exists("etc/shells") || (tree.HasBase && tree.Package("debianutils") is null) || tree.TryRead("usr/share/debianutils/shells") is not { } template)
        {
            return;
        }

        StringBuilder text = new(Encoding.UTF8.GetString(template));
        HashSet<string> known = new(Shells(template), StringComparer.Ordinal);
        IEnumerable<byte[]> lists = tree.FilesBelow("usr/share/debianutils/shells.d").Select(path => tree.TryRead(path.ToString())).OfType<byte[]>().Prepend(template);
        foreach (string shell in lists.SelectMany(Shells))
        {
            // Each by both of its names: /bin/sh and, since /bin is a link, /usr/bin/sh.
            foreach (string name in shell.StartsWith("/bin/", StringComparison.Ordinal) ? new[] { shell, "/usr" + shell } : [shell])
            {
                if (known.Add(name))
                {
                    text.Append(name).Append('\n');
                }
            }
        }

        tree.AddFile("etc/shells", text.ToString());
    }

    private static IEnumerable<string> Shells(byte[] list)
        => Encoding.UTF8.GetString(list).Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);
}
