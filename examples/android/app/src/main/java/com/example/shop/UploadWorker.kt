package com.example.shop

import android.content.Context
import androidx.startup.AppInitializer
import androidx.work.Data
import androidx.work.Worker
import androidx.work.WorkerParameters
import dev.assay.okhttp.AssayIOException
import dev.assay.okhttp.assay
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.asRequestBody
import java.io.File
import java.io.IOException

class UploadWorker(context: Context, params: WorkerParameters) : Worker(context, params) {
    private val assay = AppInitializer.getInstance(context).initializeComponent(AssayInitializer::class.java)
    private val http = OkHttpClient.Builder().assay(assay).build()

    // The client with `assay` in it signs the request now, and once more if the API demands that.
    override fun doWork(): Result = try {
        http.newCall(uploadOf(inputData)).execute().use {
            when {
                it.isSuccessful -> Result.success()
                it.code == 401 && runAttemptCount > 0 -> Result.failure()
                else -> Result.retry()
            }
        }
    } catch (error: AssayIOException) {
        if (error.cause.retryable) Result.retry() else Result.failure()
    } catch (_: IOException) {
        Result.retry()
    }

    private fun uploadOf(input: Data): Request =
        Request.Builder().url("https://api.example.com/v1/files").post(File(input.getString("file")!!).asRequestBody()).build()
}
