using System.Globalization;
using System.Text.Json.Nodes;

namespace BaseImage.Benchmarks;

/// <summary>
/// Runs rows in rounds, one after the other, so that whatever else the machine does meets a row and its peer alike; the
/// first round is a warm-up and does not count. Prints medians.
/// </summary>
internal static class Runner
{
    internal static async Task<JsonArray> RunAsync(IReadOnlyList<Row> rows, int runs, TextWriter output)
    {
        List<Sample>[] samples = [.. rows.Select(_ => new List<Sample>())];
        for (int run = 0; run <= runs; run++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                Sample sample = await rows[i].Run(run);
                if (run > 0)
                {
                    samples[i].Add(sample);
                }
            }
        }

        Sample[] medians = [.. samples.Select(Median)];
        output.WriteLine($"{"",-44} {"seconds",8} {"processor",9} {"peak MB",8} {"MB made",8} {"faster",7} {"by cpu",7} {"bytes",6}  target");
        JsonArray json = [];
        for (int i = 0; i < rows.Count; i++)
        {
            Sample? peer = rows[i].Peer is { } name ? medians[rows.ToList().FindIndex(row => row.Name == name)] : null;
            output.WriteLine(Line(rows[i], medians[i], peer));
            json.Add(Json(rows[i], medians[i], samples[i], peer));
        }

        return json;
    }

    private static Sample Median(List<Sample> samples) => new(
        Middle(samples.Select(s => s.Seconds)),
        Middle(samples.Select(s => s.ProcessorSeconds)),
        samples.Max(s => s.PeakBytes),
        samples[^1].OutputBytes);

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Line(Row row, Sample sample, Sample? peer)
    {
        string faster = peer is { } p ? F(p.Seconds / sample.Seconds, "F2") : "", cpu = peer is { } q ? F(q.ProcessorSeconds / sample.ProcessorSeconds, "F2") : "";
        string bytes = peer is { OutputBytes: > 0 } r && sample.OutputBytes > 0 ? F((double)sample.OutputBytes / r.OutputBytes, "F3") : "";
        string target = row.Target > 0 && peer is { } t ? $"{F(row.Target, "F2")} {(t.Seconds / sample.Seconds >= row.Target ? "met" : "MISSED")}" : "";
        target += row.MaximumSeconds > 0 ? $" {F(row.MaximumSeconds, "F1")} s {(sample.Seconds <= row.MaximumSeconds ? "met" : "MISSED")}" : "";
        target += row.MaximumPeak > 0 ? $" {F(row.MaximumPeak / 1e6, "F0")} MB {(sample.PeakBytes <= row.MaximumPeak ? "met" : "MISSED")}" : "";
        string peak = sample.PeakBytes > 0 ? F(sample.PeakBytes / 1e6, "F0") : "", made = sample.OutputBytes > 0 ? F(sample.OutputBytes / 1e6, "F2") : "";
        return $"{row.Name,-44} {F(sample.Seconds, "F3"),8} {F(sample.ProcessorSeconds, "F3"),9} {peak,8} {made,8} {faster,7} {cpu,7} {bytes,6}  {target}".TrimEnd();
    }

    private static JsonObject Json(Row row, Sample median, List<Sample> samples, Sample? peer)
    {
        JsonObject json = new()
        {
            ["name"] = row.Name,
            ["seconds"] = Round(median.Seconds),
            ["processorSeconds"] = Round(median.ProcessorSeconds),
            ["peakBytes"] = median.PeakBytes,
            ["outputBytes"] = median.OutputBytes,
            ["runs"] = new JsonArray([.. samples.Select(s => JsonValue.Create(Round(s.Seconds)))]),
        };
        if (peer is { } p)
        {
            json["peer"] = row.Peer;
            json["timesFaster"] = Round(p.Seconds / median.Seconds);
            json["timesLessProcessor"] = Round(p.ProcessorSeconds / median.ProcessorSeconds);
        }

        return json;
    }

    private static double Round(double value) => Math.Round(value, 4);

    private static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
