using System.Collections;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BaseImage.Terminal.Commands;

/// <summary>ConvertTo-Json, for its common parameters.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>How deep to go; what lies deeper is written as text.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    /// <summary>Leaves white space out.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>Writes enumerations as words.</summary>
    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    /// <summary>Writes an array even of one object.</summary>
    [Parameter]
    public SwitchParameter AsArray { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_items.Count == 0)
        {
            return;
        }

        JsonNode? node = _items.Count == 1 && !AsArray ? Node(_items[0], 0) : new JsonArray([.. _items.Select(item => Node(item, 1))]);
        JsonSerializerOptions options = new() { WriteIndented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        WriteObject(node is null ? "null" : node.ToJsonString(options));
    }

    private JsonNode? Node(object? value, int depth)
    {
        object? bare = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (bare)
        {
            case null:
                return null;
            case string or bool or char or DateTime or DateTimeOffset or Guid or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal:
                return JsonSerializer.SerializeToNode(bare);
            case Enum word:
                return EnumsAsStrings ? word.ToString() : JsonSerializer.SerializeToNode(Convert.ChangeType(word, Enum.GetUnderlyingType(word.GetType()), System.Globalization.CultureInfo.InvariantCulture));
            case Uri or Version or SwitchParameter:
                return bare.ToString();
        }

        if (depth > Depth)
        {
            return bare.ToString();
        }

        if (bare is IDictionary table)
        {
            JsonObject entries = [];
            foreach (DictionaryEntry entry in table)
            {
                entries[entry.Key.ToString()!] = Node(entry.Value, depth + 1);
            }

            return entries;
        }

        if (bare is IEnumerable many)
        {
            return new JsonArray([.. many.Cast<object?>().Select(item => Node(item, depth + 1))]);
        }

        JsonObject members = [];
        foreach (PSPropertyInfo property in PSObject.AsPSObject(bare).Properties.Where(property => property.IsGettable))
        {
            members[property.Name] = Node(Read(property), depth + 1);
        }

        return members;
    }

    private static object? Read(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }
}
