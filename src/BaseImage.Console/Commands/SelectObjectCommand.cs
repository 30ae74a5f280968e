using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace BaseImage.Terminal.Commands;

/// <summary>Select-Object, for its common parameters.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private readonly List<PSObject> _unique = [];
    private int _seen;
    private int _written;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Properties to keep: names, wildcards, script blocks, tables of Name and Expression.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Properties to leave out; wildcards.</summary>
    [Parameter]
    public string[] ExcludeProperty { get; set; } = [];

    /// <summary>The property whose items are written in the object's stead.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>How many objects to take from the start; the pipeline then stops.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>How many objects to take from the end.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>How many objects to pass over.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>Each object once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (First == 0 && Last is null)
        {
            StopUpstream();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || _seen++ < Skip && Last is null)
        {
            return;
        }

        if (Last is not null)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > Last + Skip)
            {
                _last.Dequeue();
            }

            return;
        }

        Emit(InputObject);
        if (First is not null && _written >= First)
        {
            StopUpstream();
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (_last.Count > (Last is null ? 0 : Skip))
        {
            Emit(_last.Dequeue());
        }
    }

    private void Emit(PSObject target)
    {
        PSObject result = target;
        if (Property.Length > 0 || ExcludeProperty.Length > 0)
        {
            result = new PSObject();
            WildcardPattern[] excluded = [.. ExcludeProperty.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];
            foreach ((string name, object? value) in (Property.Length > 0 ? Property : ["*"]).SelectMany(item => PropertyExpression.Parse(item).Resolve(target)))
            {
                if (!Array.Exists(excluded, pattern => pattern.IsMatch(name)) && result.Properties[name] is null)
                {
                    result.Properties.Add(new PSNoteProperty(name, value));
                }
            }

            result.TypeNames.Insert(0, "Selected." + target.BaseObject.GetType());
        }

        if (Unique)
        {
            ObjectComparer comparer = new(caseSensitive: true);
            if (_unique.Exists(other => SameValues(other, result, comparer)))
            {
                return;
            }

            _unique.Add(result);
        }

        _written++;
        if (ExpandProperty is null)
        {
            WriteObject(result);
            return;
        }

        object? expanded = PropertyExpression.Parse(ExpandProperty).Evaluate(target);
        WriteObject(expanded, enumerateCollection: expanded is IEnumerable and not string and not IDictionary);
    }

    private static bool SameValues(PSObject left, PSObject right, ObjectComparer comparer)
        => left.BaseObject is PSCustomObject
            ? left.Properties.Select(p => p.Value).SequenceEqual(right.Properties.Select(p => p.Value), comparer)
            : comparer.Equals(left, right);

    // The engine's own exception for this has no public constructor; its version is pinned, and a test counts what runs upstream.
    private void StopUpstream()
    {
        Type type = typeof(PSCmdlet).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        ConstructorInfo constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).First(c => c.GetParameters().Length == 1);
        throw (Exception)constructor.Invoke([this]);
    }
}
