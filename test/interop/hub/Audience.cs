using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace InteropHub;

/// <summary>Who is connected, and to what they are subscribed.</summary>
public sealed class Audience(Settings settings)
{
    private readonly ConcurrentDictionary<string, Member> members = new();
    private readonly Dictionary<string, string> names = settings.EventNames.ToDictionary(name => name.ToLowerInvariant());
    private readonly HashSet<string> users = [.. settings.Users.Select(user => user.Id.ToLowerInvariant())];
    private readonly HashSet<string> queues = [.. settings.Queues.Select(queue => queue.Id.ToLowerInvariant())];
    private readonly HashSet<string> callLists = [.. settings.CallLists.Select(id => id.ToLowerInvariant())];

    public int Connections => members.Count;

    public int Subscriptions => members.Values.Sum(member => member.Keys.Count);

    public static string KeyOf(string? entityId, string? eventName) =>
        $"{entityId?.ToLowerInvariant()}|{eventName?.ToLowerInvariant()}";

    public void Join(HubCallerContext context) => members[context.ConnectionId] = new Member(context);

    public void Leave(string connectionId) => members.TryRemove(connectionId, out _);

    public bool MaySubscribe(string? entityId, string? eventName)
    {
        if (!names.TryGetValue(eventName?.ToLowerInvariant() ?? "", out var name)) return false;
        var entities = name.StartsWith("User") ? users : name.StartsWith("Queue") ? queues : callLists;
        return entities.Contains(entityId?.ToLowerInvariant() ?? "");
    }

    public void Subscribe(string connectionId, string key)
    {
        if (members.TryGetValue(connectionId, out var member)) member.Keys[key] = true;
    }

    public void Unsubscribe(string connectionId, string key)
    {
        if (members.TryGetValue(connectionId, out var member)) member.Keys.TryRemove(key, out _);
    }

    public void UnsubscribeAll(string connectionId)
    {
        if (members.TryGetValue(connectionId, out var member)) member.Keys.Clear();
    }

    public string[] SubscribersOf(string key) =>
        [.. members.Where(entry => entry.Value.Keys.ContainsKey(key)).Select(entry => entry.Key)];

    /// <summary>Ends every connection from the server's side.</summary>
    public int DropAll()
    {
        var dropped = members.Values.ToArray();
        foreach (var member in dropped) member.Context.Abort();
        return dropped.Length;
    }

    private sealed record Member(HubCallerContext Context)
    {
        public ConcurrentDictionary<string, bool> Keys { get; } = new();
    }
}
