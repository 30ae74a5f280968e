using System.Runtime.InteropServices;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>What a path of the host leads to, itself and not what a link names.</summary>
internal enum FileKind
{
    /// <summary>An ordinary file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link, or a junction.</summary>
    Link,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A fifo or a device, which to open may wait for ever or do something.</summary>
    Special,
}

/// <summary>Tells kinds of files apart without opening them, which for a fifo would wait until somebody writes.</summary>
internal static class FileKinds
{
    private const int TypeMask = 0xF000;

    /// <summary>The kind.</summary>
    public static FileKind Of(string path)
    {
        FileAttributes attributes = File.GetAttributes(path);
        if (attributes.HasFlag(FileAttributes.ReparsePoint) && new FileInfo(path).LinkTarget is not null)
        {
            return FileKind.Link;
        }

        if (attributes.HasFlag(FileAttributes.Directory))
        {
            return FileKind.Directory;
        }

        return OperatingSystem.IsWindows() ? attributes.HasFlag(FileAttributes.Device) ? FileKind.Special : FileKind.Regular : UnixKind(path);
    }

    // The runtime's own shim is the same on every Unix and processor, where the system's stat differs.
    private static FileKind UnixKind(string path)
    {
        try
        {
            if (LinkStatus(path, out UnixStatus status) != 0)
            {
                return FileKind.Regular;
            }

            return (status.Mode & TypeMask) switch
            {
                0x8000 => FileKind.Regular,
                0x4000 => FileKind.Directory,
                0xA000 => FileKind.Link,
                0xC000 => FileKind.Socket,
                _ => FileKind.Special,
            };
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return FileKind.Regular;
        }
    }

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, out UnixStatus status);

    // Larger than what the shim writes, so that a field more in a later runtime does no harm.
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct UnixStatus
    {
        public int Flags;
        public int Mode;
    }
}
