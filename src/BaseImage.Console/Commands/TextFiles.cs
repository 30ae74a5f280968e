using System.Management.Automation;
using System.Text;

namespace BaseImage.Terminal.Commands;

/// <summary>Writes and reads text files in PowerShell's encodings.</summary>
internal static class TextFiles
{
    internal static void Write(Cmdlet cmdlet, string path, string text, string encoding, bool append, bool noClobber, bool force)
    {
        try
        {
            if (noClobber && File.Exists(path))
            {
                throw new IOException($"The file '{path}' already exists.");
            }

            if (force && File.Exists(path))
            {
                File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
            }

            if (append)
            {
                File.AppendAllText(path, text, Encoding(encoding));
            }
            else
            {
                File.WriteAllText(path, text, Encoding(encoding));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            cmdlet.ThrowTerminatingError(new ErrorRecord(exception, "FileOpenFailure", ErrorCategory.OpenError, path));
        }
    }

    internal static Encoding Encoding(string name) => name.ToLowerInvariant() switch
    {
        "utf8" or "utf-8" or "utf8nobom" or "default" => new UTF8Encoding(false),
        "utf8bom" => new UTF8Encoding(true),
        "unicode" or "utf16" => new UnicodeEncoding(false, true),
        "bigendianunicode" => new UnicodeEncoding(true, true),
        "ascii" => System.Text.Encoding.ASCII,
        "latin1" or "ansi" => System.Text.Encoding.Latin1,
        _ => throw new PSArgumentException($"'{name}' is not an encoding: use utf8, utf8BOM, unicode, ascii or latin1."),
    };
}
