import JSON

/// What a master's front page says about it. The old page of 2.20 tells the version only.
package struct MasterInfo: Equatable, Sendable {
    /// As in "2.47.0"; `nil` when the page does not tell.
    package let version: String?
    package let state: RunnerState?
    /// The target; `nil` when the user classes have their own.
    package let host: String?
    package let userClasses: [String]
    package let shapeClasses: [String]
    /// Whether `/swarm` heeds user classes (`--class-picker`).
    package let showsClassPicker: Bool
    /// Names of the custom arguments. Their defaults stay on the page: it shows secret ones too.
    package let extraOptions: Set<String>
    /// The fractions that rows carry.
    package let rowPercentiles: [Double]
    /// The fractions that `currentPercentiles` carries.
    package let currentPercentiles: [Double]

    init(_ json: JSONValue) {
        version = json["version"]?.text
        state = json["state"]?.text.map(RunnerState.init)
        host = json["host"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        userClasses = json["available_user_classes"]?.items?.compactMap(\.text) ?? []
        shapeClasses = json["available_shape_classes"]?.items?.compactMap(\.text) ?? []
        showsClassPicker = json["show_userclass_picker"]?.bool ?? false
        extraOptions = Set((json["extra_options"]?.members ?? [:]).keys)
        rowPercentiles = json["percentiles_to_statistics"]?.items?.compactMap(\.number) ?? []
        currentPercentiles = json["percentiles_to_chart"]?.items?.compactMap(\.number) ?? []
    }
}
