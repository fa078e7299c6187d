using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Connections;

namespace InteropHub;

/// <summary>What the hub is told on the first line of its standard input.</summary>
public sealed record Settings
{
    /// <summary>0 lets the system choose one.</summary>
    public int Port { get; init; }
    public required string OrganizationId { get; init; }
    public required Account[] Users { get; init; }
    public required Queue[] Queues { get; init; }
    public required string[] CallLists { get; init; }
    /// <summary>Names as the vendor prints them, such as <c>UserCallInComing</c>.</summary>
    public required string[] EventNames { get; init; }
    /// <summary>Of new tokens; below 0 they have expired when they are issued.</summary>
    public double TokenLifetimeSeconds { get; init; } = 3_600;
    public double KeepAliveSeconds { get; init; } = 15;
    /// <summary>What negotiation offers: WebSockets, ServerSentEvents, LongPolling.</summary>
    public HttpTransportType Transports { get; init; } = HttpTransports.All;
    /// <summary>WebSocket requests are refused, as by a proxy that does not let them through.</summary>
    public bool RefuseWebSockets { get; init; }

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    public static Settings Read(string line) =>
        JsonSerializer.Deserialize<Settings>(line, Options)
        ?? throw new InvalidOperationException("The first line must be a JSON object of settings.");
}

public sealed record Account(string Id, string Username, string SecretKey, string Password);

public sealed record Queue(string Id, string Name);
