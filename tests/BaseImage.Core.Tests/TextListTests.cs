namespace BaseImage.Core.Tests;

/// <summary>Lists and tables print what they hold, as Export-Csv asks of them.</summary>
public sealed class TextListTests
{
    [Fact]
    public void A_list_prints_its_items_and_keeps_them()
    {
        TextList<int> list = TextList.Of([3, 1, 2]);
        Assert.Equal("3; 1; 2", list.ToString());
        Assert.Equal([3, 1, 2], list);
        Assert.Same(list, TextList.Of<int>(list));
        Assert.Equal("", TextList.Of<string>([]).ToString());
    }

    [Fact]
    public void A_table_is_sorted_by_its_keys()
    {
        TextDictionary table = TextDictionary.Of(new Dictionary<string, string> { ["b"] = "2", ["B"] = "1", ["a"] = "3" });
        Assert.Equal("B=1; a=3; b=2", table.ToString());
        Assert.Equal("2", table["b"]);
        Assert.False(table.TryGetValue("c", out _));
    }

    [Fact]
    public void Lists_of_output_types_print_their_items()
    {
        AuditResult result = new() { RuleId = "BI1", Title = "", Severity = Severity.Low, Category = "", Status = AuditStatus.Fail, Image = "", Message = "", Evidence = ["a", "b"] };
        Assert.Equal("a; b", result.Evidence.ToString());
        Assert.Equal("", result.Equivalent.ToString());
    }

    [Fact]
    public void No_list_of_an_output_type_is_left_bare()
    {
        Type[] outputs = [typeof(AuditResult), typeof(AuditRule), typeof(ContainerImage), typeof(ImageFile), typeof(ImagePackage), typeof(ImageDefinition), typeof(ImageLock), typeof(LockResult), typeof(LockChange)];
        foreach (Type type in outputs)
        {
            object bare = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            foreach (System.Reflection.PropertyInfo list in type.GetProperties().Where(p => p.PropertyType == typeof(IReadOnlyList<string>)))
            {
                list.SetValue(bare, new[] { "x", "y" });
                Assert.Equal("x; y", list.GetValue(bare)!.ToString());
            }
        }
    }
}
