using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>Reads which image a definition builds on.</summary>
internal static class BaseImageReading
{
    private const string Hint = "Write Image = 'docker://HOST/NAME@sha256:…', 'oci:./FOLDER@sha256:…' or 'store:NAME@sha256:…'; Get-BaseImage prints it as Reference.";

    /// <summary>The image, pinned by digest, a path made full from the file's own folder; null for none.</summary>
    public static ImageReference? Image(TableReader from)
    {
        if (from.Text("Image") is not { } text)
        {
            return null;
        }

        if (!ImageReference.TryParse(text, out ImageReference? image))
        {
            from.Fail("Image", $"'{TableReader.Shown(text)}' does not name an image.", Hint);
            return null;
        }

        // An engine knows images by their configs and keeps no manifests; a Docker archive has none.
        if (image.Transport is ImageTransport.DockerDaemon or ImageTransport.DockerArchive)
        {
            from.Fail("Image", $"'{TableReader.Shown(text)}' lies where images have no manifest to pin.", Hint);
            return null;
        }

        if (image.Digest.IsEmpty)
        {
            from.Fail("Image", $"'{TableReader.Shown(text)}' is not pinned by a digest, so that it can be another image tomorrow.", Hint);
            return null;
        }

        if (!image.HasPath)
        {
            return image;
        }

        string relative = image.Path.Replace('\\', '/');
        if (Path.IsPathRooted(relative) || (relative.Length > 1 && relative[1] == ':') || relative.StartsWith('~'))
        {
            from.Fail("Image", $"Image is '{TableReader.Shown(text)}', which is not the same place on another machine.", "Write a path from this file's own folder.");
            return null;
        }

        string full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from.PositionOf("Image").File) ?? "", relative));
        return image.MapPath(_ => full);
    }
}
