using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>A rule on the values of some labels. Values that only a build knows are not judged.</summary>
internal abstract class LabelFormatRule : DockerfileRule
{
    /// <summary>What is said of a bad value, to follow the label's name.</summary>
    protected abstract string Demand { get; }

    /// <summary>True for the labels that it judges.</summary>
    protected abstract bool Concerns(string name);

    /// <summary>True for a good value; an empty one is another rule's business.</summary>
    protected abstract bool IsGood(string value);

    /// <inheritdoc/>
    protected sealed override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "LABEL"))
        {
            IReadOnlyList<string?> values = facts.Values[instruction].Arguments;
            for (int i = 0; i < instruction.Pairs.Count; i++)
            {
                string name = Archives.Unquoted(instruction.Pairs[i].Name);
                if (i < values.Count && values[i] is { } value && Concerns(name) && !IsGood(value))
                {
                    yield return At(facts.LineOf(instruction.Pairs[i].NameSpan), $"The label {name} {Demand}{(value.Length == 0 ? "" : $": {value}")}.", key: "label:" + name);
                }
            }
        }
    }
}
