namespace BaseImage.Engine.Tests.Images;

/// <summary>Small files of tests, read and written at once.</summary>
internal static class Disk
{
    public static byte[] Read(string path) => File.ReadAllBytes(path);

    public static void Write(string path, byte[] content) => File.WriteAllBytes(path, content);

    public static string ReadText(string path) => File.ReadAllText(path);

    public static void WriteText(string path, string content) => File.WriteAllText(path, content);
}
