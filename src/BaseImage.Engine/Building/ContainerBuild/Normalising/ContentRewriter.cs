using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>Rewrites what in a file says when it was made, so that it means the same as before.</summary>
internal static class ContentRewriter
{
    /// <summary>The most bytes of a file that is rewritten; a larger one stays as it is.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>
    /// A compiled Python module names the time of its source, which the interpreter compares with the file's: both become
    /// the epoch. Modules that name their source's hash stay. Source: PEP 552, "pycs": magic (4), flags (4), time (4), size (4).
    /// </summary>
    public static byte[] CompiledPython(byte[] content, BuildTimes times)
    {
        // The magic number ends in "\r\n", and flags other than 0 mean that no time follows.
        if (content.Length < 16 || content[2] != '\r' || content[3] != '\n' || BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(4)) != 0)
        {
            return content;
        }

        uint time = BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), (uint)times.Clamp(time));
        return content;
    }

    /// <summary>
    /// Days of the last change of a password that are the day of the build become the epoch's. Source: shadow(5), the third
    /// field, days since 1970-01-01.
    /// </summary>
    public static byte[] Shadow(byte[] content, BuildTimes times)
    {
        string[] lines = Encoding.Latin1.GetString(content).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] fields = lines[i].Split(':');
            if (fields.Length >= 3 && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out long day) && times.IsBuildDay(day))
            {
                fields[2] = times.EpochDay.ToString(CultureInfo.InvariantCulture);
                lines[i] = string.Join(':', fields);
            }
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }
}
