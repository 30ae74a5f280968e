using System.Globalization;

namespace BaseImage.Engine.Auditing;

/// <summary>Turns of phrase that rules share.</summary>
internal static class Words
{
    /// <summary><c>1 file</c>, <c>3 files</c>.</summary>
    public static string Number(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    /// <summary>As <see cref="Number"/>, as a sentence.</summary>
    public static string Count(long count, string one, string many) => Number(count, one, many) + ".";

    /// <summary>Which package a file came with, to follow a statement; empty where none is known.</summary>
    public static string From(ImageFile file) => file.Package.Length == 0 ? "" : $", from package {file.Package}";

    /// <summary>A size in words, for instance <c>12.3 MB</c> (powers of 1000).</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };

    /// <summary>A size in words, for instance <c>12.3 MiB</c> (powers of 1024), rounded to the nearest.</summary>
    public static string BinarySize(long bytes) => bytes switch
    {
        < 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.##} KiB"),
        < 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.##} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };

    /// <summary>A time in UTC to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
