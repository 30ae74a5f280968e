using System.Runtime.CompilerServices;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// The stacks of layers that images of one audit have in common: made when a second image has one, and kept as long as
/// the audit goes on.
/// </summary>
internal sealed class LayerStacks
{
    // Of one audit's images the last few tell what the next will share.
    private const int Remembered = 64, Kept = 4;

    private static readonly ConditionalWeakTable<AuditScope, LayerStacks> Scopes = [];

    private readonly List<IReadOnlyList<Digest>> _recent = [];
    private readonly List<(string Key, Lazy<SharedLayers?> Stack)> _stacks = [];

    /// <summary>The stacks of an audit; new ones where nothing is said of it.</summary>
    public static LayerStacks Of(AuditScope? scope) => scope is null ? new LayerStacks() : Scopes.GetOrCreateValue(scope);

    /// <summary>The largest stack that an image has in common with others; null where it is the first to have any of it.</summary>
    /// <param name="diffIds">The image's layers, the lowest first.</param>
    /// <param name="make">Makes the stack of so many layers; null where it cannot be shared.</param>
    public SharedLayers? Find(IReadOnlyList<Digest> diffIds, Func<int, SharedLayers?> make)
    {
        Lazy<SharedLayers?> stack;
        lock (_recent)
        {
            int common = _recent.Select(other => Common(diffIds, other)).DefaultIfEmpty(0).Max();
            _recent.RemoveAll(other => other.SequenceEqual(diffIds));
            _recent.Add(diffIds);
            if (_recent.Count > Remembered)
            {
                _recent.RemoveAt(0);
            }

            if (common == 0)
            {
                return null;
            }

            string key = string.Join(' ', diffIds.Take(common));
            stack = _stacks.Find(entry => entry.Key == key).Stack ?? new Lazy<SharedLayers?>(() => make(common));
            _stacks.RemoveAll(entry => entry.Key == key);
            _stacks.Add((key, stack));
            if (_stacks.Count > Kept)
            {
                _stacks.RemoveAt(0);
            }
        }

        return stack.Value;
    }

    private static int Common(IReadOnlyList<Digest> left, IReadOnlyList<Digest> right) => left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
}
