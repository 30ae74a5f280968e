using System.Diagnostics;
using System.Globalization;

namespace BaseImage.Engine.Tests.Storage;

/// <summary>
/// Processes that lock and build are killed at random moments, and run two at a time on one cache, one store and one
/// layout. A bounded share runs every time; <c>BASEIMAGE_HUNT=full</c> runs 200 kills and 50 pairs, and
/// <c>BASEIMAGE_SEED</c> repeats a run.
/// </summary>
public sealed class KillHuntTests
{
    private static bool IsFull => Environment.GetEnvironmentVariable("BASEIMAGE_HUNT") == "full";

    [Theory]
    [InlineData("small", 36, 170)]
    [InlineData("real", 4, 30)]
    public async Task Whatever_a_killed_process_leaves_the_next_run_is_right_and_cleans_up(string packages, int share, int full)
    {
        Tools.Require(!OperatingSystem.IsWindows(), "kill -9 is a thing of Unix");
        using TempFolder mirror = new("mirror");
        using VictimProject project = packages == "small" ? await VictimProject.SmallAsync(mirror) : await VictimProject.RealAsync(mirror);
        (Random random, int seed) = Seeded();
        int count = IsFull ? full : share, killed = 0, atEvents = 0, runs = 0;
        List<string> wrong = [];
        // A run that ended before its moment came is run again: what counts is kills.
        for (int i = 0; killed < count && runs < 4 * count; i++, runs++)
        {
            string start = random.Next(10) switch { < 5 => "nothing", < 8 => "half a cache", _ => "a full cache" };
            if (start == "nothing")
            {
                project.Reset();
            }
            else if (start == "half a cache")
            {
                project.LoseHalf(random);
            }

            // Half of the kills at any moment; half right at a change of a file, where a write or a rename is under way.
            bool atEvent = random.Next(2) == 0;
            TimeSpan moment = project.Duration * random.NextDouble();
            int change = random.Next(1, project.Events + 1);
            if (await KillAsync(project, atEvent ? null : moment, change))
            {
                killed++;
                atEvents += atEvent ? 1 : 0;
            }

            string result = await project.RunAsync();
            IReadOnlyList<string> flaws = await project.FlawsAsync();
            if (result != project.Golden || flaws.Count > 0)
            {
                wrong.Add($"#{i}, from {start}, killed {(atEvent ? $"at change {change}" : $"after {moment.TotalMilliseconds:0} ms")}: {result}; {string.Join("; ", flaws)}");
            }
        }

        string summary = string.Create(CultureInfo.InvariantCulture, $"{packages}: seed {seed}: {killed} of {runs} runs killed ({atEvents} at a change of a file; a run takes {project.Duration.TotalMilliseconds:0} ms and makes {project.Events} changes), {wrong.Count} wrong");
        TestContext.Current.SendDiagnosticMessage(summary);
        Assert.True(wrong.Count == 0, $"{summary}\n{string.Join('\n', wrong)}");
        Assert.Equal(count, killed);
    }

    [Fact]
    public async Task Two_processes_at_once_on_one_cache_store_and_layout_both_give_the_golden_digest()
    {
        using TempFolder mirror = new("mirror");
        using VictimProject project = await VictimProject.SmallAsync(mirror);
        (Random random, int seed) = Seeded();
        int count = IsFull ? 50 : 10;
        List<string> wrong = [];
        for (int i = 0; i < count; i++)
        {
            string start = random.Next(3) switch { 0 => "nothing", 1 => "half a cache", _ => "a full cache" };
            if (start == "nothing")
            {
                project.Reset();
            }
            else if (start == "half a cache")
            {
                project.LoseHalf(random);
            }

            Process first = project.Start();
            await Task.Delay(random.Next(3) == 0 ? random.Next(1 + ((int)project.Duration.TotalMilliseconds / 2)) : 0);
            Process second = project.Start();
            string[] results = await Task.WhenAll(VictimProject.EndAsync(first), VictimProject.EndAsync(second));
            IReadOnlyList<string> flaws = await project.FlawsAsync();
            if (Array.Exists(results, result => result != project.Golden) || flaws.Count > 0)
            {
                wrong.Add($"#{i}, from {start}: {string.Join(" | ", results)}; {string.Join("; ", flaws)}");
            }
        }

        string summary = $"seed {seed}: {count} pairs, {wrong.Count} wrong";
        TestContext.Current.SendDiagnosticMessage(summary);
        Assert.True(wrong.Count == 0, $"{summary}\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public async Task A_process_that_is_killed_beside_another_does_not_disturb_it()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "kill -9 is a thing of Unix");
        using TempFolder mirror = new("mirror");
        using VictimProject project = await VictimProject.SmallAsync(mirror);
        (Random random, int seed) = Seeded();
        for (int i = 0; i < (IsFull ? 20 : 4); i++)
        {
            project.Reset();
            Task<string> other = project.RunAsync();
            await KillAsync(project, project.Duration * random.NextDouble(), 0);
            Assert.Equal((seed, i, project.Golden), (seed, i, await other));
            Assert.Equal((seed, i, project.Golden), (seed, i, await project.RunAsync()));
            Assert.Empty(await project.FlawsAsync());
        }
    }

    // True where the process was killed before it had ended by itself.
    private static async Task<bool> KillAsync(VictimProject project, TimeSpan? moment, int change)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int seen = 0;
        Process? victim = null;
        using FileSystemWatcher watcher = project.Watch(() =>
        {
            if (moment is null && Interlocked.Increment(ref seen) == change)
            {
                // From the watcher's own thread: every hop gives the victim time to leave the spot.
                victim?.Kill();
                reached.TrySetResult();
            }
        });
        victim = project.Start();
        using (victim)
        {
            Task ended = victim.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Task.WhenAny(ended, moment is { } time ? Task.Delay(time) : reached.Task);
            victim.Kill();
            await ended;
            return victim.ExitCode != 0;
        }
    }

    private static (Random Random, int Seed) Seeded()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"BASEIMAGE_SEED={seed}");
        return (new Random(seed), seed);
    }
}
