using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace InteropHub;

public sealed record SubscriptionItem(string? EntityId, string? EventName);

public sealed record SubscriptionResult(bool Subscribed, string? Message, string? EntityId, string? EventName);

/// <summary>The vendor's hub methods, as a plain ASP.NET Core SignalR hub has them: without optional arguments.</summary>
[Authorize]
public sealed class RteHub(Audience audience, Settings settings) : Hub
{
    public SubscriptionResult[] Subscribe(SubscriptionItem[] items) =>
        [.. items.Select(item =>
        {
            var allowed = audience.MaySubscribe(item.EntityId, item.EventName);
            if (allowed) audience.Subscribe(Context.ConnectionId, Audience.KeyOf(item.EntityId, item.EventName));
            return Result(item, allowed, allowed ? null : "Unauthorized");
        })];

    public SubscriptionResult[] Unsubscribe(SubscriptionItem[] items) =>
        [.. items.Select(item =>
        {
            audience.Unsubscribe(Context.ConnectionId, Audience.KeyOf(item.EntityId, item.EventName));
            return Result(item, false, null);
        })];

    public bool UnsubscribeAll()
    {
        audience.UnsubscribeAll(Context.ConnectionId);
        return true;
    }

    public string[] AvailableSubscriptions() => settings.EventNames;

    public override Task OnConnectedAsync()
    {
        audience.Join(Context);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        audience.Leave(Context.ConnectionId);
        return Task.CompletedTask;
    }

    private static SubscriptionResult Result(SubscriptionItem item, bool subscribed, string? message) =>
        new(subscribed, message, item.EntityId, item.EventName?.ToLowerInvariant());
}
