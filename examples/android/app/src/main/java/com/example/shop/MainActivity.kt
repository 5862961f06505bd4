package com.example.shop

import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import dev.assay.Assay
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** NEVER BUILT in this repository: see README.md. */
class MainActivity : ComponentActivity() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val assay = (application as ShopApp).assay
        setContent {
            MaterialTheme {
                Column(Modifier.padding(24.dp).verticalScroll(rememberScrollState())) {
                    OrdersScreen(remember { Orders(assay) })
                    SelfTestScreen(assay)
                }
            }
        }
    }
}

@Composable
fun OrdersScreen(orders: Orders) {
    var state by remember { mutableStateOf<OrdersState>(OrdersState.Loading) }
    var tries by remember { mutableIntStateOf(0) }
    LaunchedEffect(tries) { state = withContext(Dispatchers.IO) { orders.load() } }
    when (val shown = state) {
        OrdersState.Loading -> Text("…")
        is OrdersState.Shown -> Text(shown.text)
        is OrdersState.Failed -> Text(listOfNotNull(shown.reason, shown.trace?.let { "Tell support: $it" }).joinToString("\n"))
    }
    Button(onClick = { tries++ }) { Text("Load again") }
}

/** For docs/device-checklist.md: the self-test of this device as JSON, and the latest events. */
@Composable
fun SelfTestScreen(assay: Assay) {
    var report by remember { mutableStateOf("") }
    val scope = rememberCoroutineScope()
    Button(onClick = { scope.launch { report = withContext(Dispatchers.IO) { assay.selfTestBlocking() } } }) { Text("Self-test") }
    Text(report)
    Text(assay.debugLog().joinToString("\n"))
}
