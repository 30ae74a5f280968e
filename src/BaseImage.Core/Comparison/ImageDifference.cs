using System.Globalization;

namespace BaseImage;

/// <summary>One difference between two images.</summary>
public sealed record ImageDifference
{
    /// <summary>What differs.</summary>
    public required ImageDifferenceKind Kind { get; init; }

    /// <summary>Which image has it.</summary>
    public ImageDifferenceChange Change { get; init; }

    /// <summary>
    /// Where: a file's absolute path, a package's name, a property of the config (<c>Env: PATH</c>), a layer's or a step's number.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>What the reference image has; empty for nothing.</summary>
    public string ReferenceValue { get; init; } = "";

    /// <summary>What the difference image has; empty for nothing.</summary>
    public string DifferenceValue { get; init; } = "";

    /// <summary>Of a kind that makes the images Different, and no matter of description alone.</summary>
    public bool IsSignificant { get; init; } = true;

    /// <summary>Of a content, the first byte that differs, from 0; null for others, and where the bytes were not looked at.</summary>
    public long? Offset { get; init; }

    /// <summary>Of a content, what sort of file it is, in words; empty for unknown.</summary>
    public string ContentKind { get; init; } = "";

    /// <summary>The likely cause.</summary>
    public DifferenceCause Cause { get; init; }

    /// <summary>What is known of it, in a sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>The package that ships the file; empty for none.</summary>
    public string Package { get; init; } = "";

    /// <summary>The reference image's layer that the file comes from, counted from 0; null for none.</summary>
    public int? ReferenceLayer { get; init; }

    /// <summary>The difference image's layer that the file comes from, counted from 0; null for none.</summary>
    public int? DifferenceLayer { get; init; }

    /// <summary>The difference image's layer where it has one, else the reference image's.</summary>
    public int? Layer => DifferenceLayer ?? ReferenceLayer;

    /// <summary>Bytes that the difference image has more.</summary>
    public long SizeDelta { get; init; }

    /// <summary>The instruction that made the layer, as the history tells it; empty where it does not.</summary>
    public string Instruction { get; init; } = "";

    /// <summary>The instruction's line in the Dockerfile that was given; null where there is none.</summary>
    public int? Line { get; init; }

    /// <summary>The platform.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Kind, path, message and cause in one line.</summary>
    public override string ToString()
    {
        string place = Line is { } line ? string.Create(CultureInfo.InvariantCulture, $" [line {line}]") : "";
        return $"{Kind} {Path}: {Message}{(Cause is DifferenceCause.Unknown ? "" : $" ({Cause})")}{place}";
    }
}
