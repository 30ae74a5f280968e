using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using BaseImage.Engine.Layers;

namespace BaseImage.Benchmarks;

/// <summary>The layers' codecs against <c>gzip -6</c> on the same bytes in the same run: medians of five, as ratios.</summary>
internal static class CodecBenchmark
{
    private const int Runs = 5;

    internal static byte[] DefaultInput()
    {
        using MemoryStream all = new();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Order(StringComparer.Ordinal))
        {
            all.Write(File.ReadAllBytes(file));
            if (all.Length > 64 << 20)
            {
                break;
            }
        }

        return all.ToArray();
    }

    internal static void Run(byte[] input, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{input.Length / 1e6:F1} MB of input, {Environment.ProcessorCount} processors, median of {Runs}, in process after one warm-up"));
        (double peerSeconds, long peerBytes) = Median(() => Gzip(input));
        output.WriteLine("what                   seconds   of gzip -6   bytes   of gzip -6");
        Print(output, "gzip -6 (process)", peerSeconds, peerBytes, peerSeconds, peerBytes);
        foreach (int workers in new[] { 1, 2 })
        {
            foreach (Codec codec in new[] { Codec.Gzip, Codec.Zstd })
            {
                (double seconds, long bytes) = Median(() => Compress(codec, input, workers));
                Print(output, $"{codec.Name}, {workers} worker(s)", seconds, bytes, peerSeconds, peerBytes);
            }
        }

        (double hash, _) = Median(() => SHA256.HashData(input).Length);
        Print(output, "SHA-256 (the floor)", hash, input.Length, peerSeconds, peerBytes);
    }

    private static (double Seconds, long Bytes) Median(Func<long> work)
    {
        long bytes = work();
        double[] seconds = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            bytes = work();
            seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return (seconds[Runs / 2], bytes);
    }

    private static long Compress(Codec codec, byte[] input, int workers)
    {
        using CompressorStream stream = codec.Compress(Stream.Null, workers);
        stream.Write(input);
        stream.Finish();
        return stream.BytesOut;
    }

    private static long Gzip(byte[] input)
    {
        using Process gzip = Process.Start(new ProcessStartInfo("gzip", ["-6", "-c"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Thread feeder = new(() =>
        {
            gzip.StandardInput.BaseStream.Write(input);
            gzip.StandardInput.Close();
        });
        feeder.Start();
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        for (int read; (read = gzip.StandardOutput.BaseStream.Read(buffer)) > 0;)
        {
            bytes += read;
        }

        feeder.Join();
        gzip.WaitForExit();
        return bytes;
    }

    private static void Print(TextWriter output, string what, double seconds, long bytes, double peerSeconds, long peerBytes)
        => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-22} {seconds,7:F3} {seconds / peerSeconds,12:F2} {bytes,7} {(double)bytes / peerBytes,12:F3}"));
}
