import ControlPlane
import JSON

/// What happens by the clock.
extension LiveFeed {
    /// Between two looks at who is still let in: a token that is revoked ends its streams in less.
    static let pulseInterval = Duration.seconds(5)
    /// Pulses between two heartbeats: more often than proxies end a connection that is silent.
    private static let pulsesOfHeartbeat = 2
    /// Between two looks at the clusters, which are looked at themselves less often.
    private static let clustersInterval = Duration.seconds(2)

    func keepPulse() async {
        var pulses = 0
        while true {
            do { try await time.sleep(for: Self.pulseInterval) } catch { return }
            pulses += 1
            for (number, reader) in readers where reader.isFollowing {
                guard reader.isLetIn() else {
                    finish(number)
                    continue
                }
                if pulses % Self.pulsesOfHeartbeat == 0 { reader.body.offer(LiveFrame.heartbeat) }
            }
            // In their turn: whoever takes the news takes all of them, one after the other.
            for run in unread { events.publish(.run(run)) }
        }
    }

    /// Tells those who watch many runs how their clusters change.
    func watchClusters() async {
        while true {
            do { try await time.sleep(for: Self.clustersInterval) } catch { return }
            let watches = Set(readers.values.filter(\.isFollowing).map(\.watch))
            shownClusters = shownClusters.filter { watches.contains($0.key) }
            for watch in watches {
                guard case .runs(let scope, let tenantID, let envID) = watch else { continue }
                do throws(ControlPlaneError) {
                    let items = try await CatalogHandlers.shownClusters(
                        in: scope, orchestrator, history
                    ).filter { status, _ in
                        status.cluster.serves.contains {
                            scope.covers($0) && tenantID ?? $0.tenantID == $0.tenantID
                                && envID ?? $0.envID == $0.envID
                        }
                    }
                    tell(items, to: watch)
                } catch {
                    continue  // The store tells itself what is wrong with it; there will be more.
                }
            }
        }
    }

    private func tell(_ items: [(ClusterStatus, JSONValue)], to watch: LiveEvents.Watch) {
        let before = shownClusters[watch]
        var shown: [String: JSONValue] = [:]
        for (status, item) in items {
            let id = status.cluster.id
            // That it was seen again is no news.
            shown[id] = item.with("lastSeenAt", .null)
            // The first look is told, too: what changed since the reader's own is in it.
            guard before?[id] != shown[id] else { continue }
            tell(.watchers(watch), wide: ("cluster", item))
        }
        shownClusters[watch] = shown
    }
}
