using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace InteropHub;

/// <summary>What happens at the vendor without a call of its API.</summary>
public static class Controls
{
    public static void MapControls(this WebApplication app, Tokens tokens, Audience audience)
    {
        var hub = app.Services.GetRequiredService<IHubContext<RteHub>>();
        var controls = app.MapGroup("/_simulator");

        controls.MapPost("/raise", async (RaiseRequest body) =>
        {
            var subscribers = audience.SubscribersOf(Audience.KeyOf(body.EntityId, body.EventName));
            var message = new
            {
                subscription = new { entityId = body.EntityId, eventName = body.EventName.ToLowerInvariant() },
                data = body.Data,
            };
            await hub.Clients.Clients(subscribers).SendAsync("MessageReceived", message);
            return new { deliveredTo = subscribers.Length };
        });
        controls.MapPost("/drop", () => new { dropped = audience.DropAll() });
        controls.MapPost("/expire-tokens", () => tokens.ExpireAll());
        controls.MapPut("/token-lifetime", (TokenLifetime body) => tokens.LifetimeSeconds = body.Seconds);
        controls.MapGet("/state", () => new { audience.Connections, audience.Subscriptions });
    }

    private sealed record RaiseRequest(string EntityId, string EventName, JsonElement Data);

    private sealed record TokenLifetime(double Seconds);
}
