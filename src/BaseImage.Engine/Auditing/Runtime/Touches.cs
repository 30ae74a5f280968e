using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>How a process was seen to use a file. Source: proc_pid_exe(5), proc_pid_maps(5), proc_pid_fd(5), proc_pid_cwd(5).</summary>
[Flags]
internal enum Touch
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>It was the program.</summary>
    Executed = 1,

    /// <summary>It was in its memory: libraries, and data that is mapped.</summary>
    Mapped = 2,

    /// <summary>It held it open.</summary>
    Opened = 4,

    /// <summary>It was its working directory.</summary>
    WorkingDirectory = 8,
}

/// <summary>What the processes of a run were seen to touch, by the paths that the kernel gives: links are followed already.</summary>
internal sealed class Touches
{
    private readonly SortedDictionary<(LayerPath Program, LayerPath Path), Touch> _paths = [];

    /// <summary>How the probe, and a trace's file, call each kind, in the order in which they are written.</summary>
    public static IReadOnlyDictionary<string, Touch> Kinds { get; } = new Dictionary<string, Touch>(StringComparer.Ordinal)
    {
        ["exe"] = Touch.Executed,
        ["mapped"] = Touch.Mapped,
        ["open"] = Touch.Opened,
        ["cwd"] = Touch.WorkingDirectory,
    };

    /// <summary>
    /// Programs (the root where that could not be seen) and the paths that their processes touched, in order of bytes. The
    /// engine's own runtime is among the programs: it becomes the container's first process, and has the host's libraries until then.
    /// </summary>
    public IReadOnlyDictionary<(LayerPath Program, LayerPath Path), Touch> Paths => _paths;

    /// <summary>Processes that nobody was let look into.</summary>
    public int Unseen { get; set; }

    /// <summary>True where there was more than the probe keeps.</summary>
    public bool IsFull { get; set; }

    /// <summary>Takes one more.</summary>
    public void Add(LayerPath program, LayerPath path, Touch how) => _paths[(program, path)] = _paths.GetValueOrDefault((program, path)) | how;

    /// <summary>Takes what another run gave.</summary>
    public void Add(Touches other)
    {
        foreach (((LayerPath program, LayerPath path), Touch how) in other.Paths)
        {
            Add(program, path, how);
        }

        Unseen += other.Unseen;
        IsFull |= other.IsFull;
    }
}
